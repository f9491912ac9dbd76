export type Child = Node | string | false | null | undefined;
type Attribute = string | number | boolean | undefined | ((event: Event) => void);

/** An element: attributes by their HTML names, `onclick` and the like as functions. Strings become text, never HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  fill(element, ...children);
  return element;
}

/** Replaces the children of an element. */
export function fill(element: Element, ...children: readonly (Child | readonly Child[])[]): void {
  const given = children.flat().filter((child) => child !== false && child !== null && child !== undefined);
  element.replaceChildren(...(given as (Node | string)[]));
}

/** Draws an external link. An address that is neither http(s) nor mailto is shown as text. */
export function outLink(url: string, ...children: readonly Child[]): HTMLElement {
  const safe = /^(?:https?:|mailto:)/iu.test(url);
  return safe
    ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', class: 'link' }, children)
    : h('span', { class: 'link', title: url }, children);
}

let count = 0;

export function uniqueId(prefix: string): string {
  count += 1;
  return `${prefix}-${count}`;
}
