import { h } from './dom.ts';

const THEMES = ['auto', 'light', 'dark'] as const;
const KEY = 'fairlead-theme';

/** Creates the button for the colors: those of the system, light, or dark. */
export function themeButton(): HTMLElement {
  let theme = THEMES.find((one) => one === localStorage.getItem(KEY)) ?? 'auto';
  const button = h('button', { type: 'button', class: 'toggle theme' });
  const show = () => {
    document.documentElement.dataset['theme'] = theme;
    button.textContent = { auto: '◐', light: '☀', dark: '☾' }[theme];
    button.setAttribute('aria-label', `Colors: ${theme}`);
    button.title = `Colors: ${theme}`;
  };
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
    localStorage.setItem(KEY, theme);
    show();
  });
  show();
  return button;
}
