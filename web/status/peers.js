// @ts-check
/** The graph in words: what the chosen peer has to do with others, and the table of all peers. */
import { addCells, element, keepRows, setText } from './dom.js';
import { plural, printable } from './format.js';
import { linksInWords, linksOf } from './model.js';

/** @typedef {import('./model.js').Graph} Graph */

/** Fills the box under the picture. @param {Graph} graph @param {number} index -1 for no peer. */
export function showPeer(graph, index) {
  const node = graph.nodes[index];
  if (!node) {
    setText(element('peer-id'), '');
    setText(element('peer-links'), 'Choose a peer to see its links: point at it, or go into the ' +
      'graph with Tab and use the arrow keys.');
    return;
  }
  const wanted = node.slots > 0 ? ` of ${node.slots} it wants` : '';
  const words = linksInWords(graph, linksOf(graph)[index]);
  setText(element('peer-id'), printable(node.id));
  setText(element('peer-links'), `${plural(node.links, 'link')}${wanted}${words && '; '}${words}`);
}

/** Fills the table of peers. @param {Graph} graph */
export function showPeerTable(graph) {
  const links = linksOf(graph);
  const rows = graph.nodes.map((node, index) => ({ node, links: links[index] }));
  keepRows(element('peer-rows'), rows, (row) => row.node.id, (row) => {
    addCells(row, 2);
    row.cells[2].className = 'words';
  }, (row, { node, links: own }) => {
    setText(row.cells[0], node.short);
    row.cells[0].title = printable(node.id);
    setText(row.cells[1], `${node.links}${node.slots > 0 ? ` of ${node.slots}` : ''}`);
    setText(row.cells[2], linksInWords(graph, own) || 'nobody');
  });
}
