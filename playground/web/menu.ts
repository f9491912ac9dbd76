import { h } from './dom.ts';

export interface MenuItem {
  readonly label: string;
  readonly description?: string | undefined;
  choose(): void;
}

/**
 * A menu under a button: arrow keys move, Escape and a click elsewhere close it, and the button has the focus again.
 */
export function openMenu(button: HTMLElement, items: readonly MenuItem[]): void {
  const menu = h('div', { class: 'menu', role: 'menu', popover: 'auto' });
  const entries = items.map((item) =>
    h(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        tabindex: -1,
        onclick: () => {
          menu.hidePopover();
          item.choose();
        },
      },
      item.label,
      item.description !== undefined && h('small', {}, item.description),
    ),
  );
  menu.append(...entries);
  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = entries.indexOf(document.activeElement as HTMLButtonElement);
    entries[(at + step + entries.length) % entries.length]?.focus();
  });
  menu.addEventListener('toggle', (event) => {
    if ((event as ToggleEvent).newState === 'open') return;
    button.setAttribute('aria-expanded', 'false');
    if (menu.contains(document.activeElement) || document.activeElement === document.body) button.focus();
    menu.remove();
  });
  button.after(menu);
  button.setAttribute('aria-expanded', 'true');
  menu.showPopover();
  const at = button.getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  const below = at.bottom + 4 + box.height < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.width - 8))}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - box.height - 4)}px`;
  entries[0]?.focus();
}
