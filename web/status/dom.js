// @ts-check
/** Small helpers around the DOM. Text only ever goes in through `textContent` or attributes. */

/** The element with this id; the page's own markup guarantees it. @param {string} id */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}

/** Writes only what changed, so that selections survive. @param {Node} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {Element} node @param {Record<string, string | number>} attributes */
export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

/** @param {string} name @param {Record<string, string | number>} [attributes] */
export function svgElement(name, attributes = {}) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  setAttributes(node, attributes);
  return node;
}

/**
 * Makes the rows of a table body those of `items`. Rows are recognised by key, and are moved only
 * when the order changed; the focus stays where it is.
 * @template T
 * @param {HTMLElement} body
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(row: HTMLTableRowElement, item: T) => void} build Fills a new row.
 * @param {(row: HTMLTableRowElement, item: T) => void} update Brings any row up to date.
 */
export function keepRows(body, items, keyOf, build, update) {
  const focused = document.activeElement;
  /** @type {Map<string, HTMLTableRowElement>} */
  const old = new Map();
  for (const row of /** @type {HTMLTableRowElement[]} */ ([...body.children])) {
    const key = row.dataset.key ?? '';
    if (old.has(key)) row.remove();
    else old.set(key, row);
  }
  const rows = items.map((item) => {
    const key = keyOf(item);
    let row = old.get(key);
    old.delete(key);
    if (!row) {
      row = document.createElement('tr');
      row.dataset.key = key;
      build(row, item);
    }
    update(row, item);
    return row;
  });
  for (const row of old.values()) row.remove();
  rows.forEach((row, index) => {
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  });
  const lost = focused instanceof HTMLElement && focused !== document.activeElement;
  if (lost && body.contains(focused)) focused.focus({ preventScroll: true });
}

/**
 * Appends cells: the first is the row's header, the others hold numbers.
 * @param {HTMLTableRowElement} row
 * @param {number} numbers
 */
export function addCells(row, numbers) {
  const header = document.createElement('th');
  header.scope = 'row';
  row.append(header);
  for (let i = 0; i < numbers; i += 1) row.append(document.createElement('td'));
}

/**
 * Copies text. The clipboard API exists only on secure origins; elsewhere the old command does.
 * @param {HTMLElement} source Holds the text; selected if nothing else works.
 * @returns {Promise<boolean>} Whether it was copied.
 */
export async function copyText(source) {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    return true;
  } catch {
    const selection = getSelection();
    selection?.selectAllChildren(source);
    const copied = document.execCommand('copy');
    if (copied) selection?.removeAllRanges();
    return copied;
  }
}
