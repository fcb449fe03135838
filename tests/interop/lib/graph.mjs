// Figures about an undirected graph given as a map from id to a set of ids.

/// Keeps only the links that both ends report.
export function mutual_links(reported) {
  const graph = new Map([...reported.keys()].map((id) => [id, new Set()]));
  for (const [id, links] of reported) {
    for (const other of links) if (reported.get(other)?.has(id)) graph.get(id).add(other);
  }
  return graph;
}

function reachable_from(start, graph, removed) {
  const seen = new Set([start]);
  const open = [start];
  while (open.length > 0) {
    for (const next of graph.get(open.pop())) {
      if (next === removed || seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}

/// The connected parts, largest first, as arrays of ids. `removed` is left out.
export function components(graph, removed) {
  const left = new Set([...graph.keys()].filter((id) => id !== removed));
  const parts = [];
  for (const id of left) {
    const part = reachable_from(id, graph, removed);
    for (const member of part) left.delete(member);
    parts.push([...part]);
  }
  return parts.sort((a, b) => b.length - a.length);
}

/// Ids whose loss would split the part they are in.
export function cut_vertices(graph) {
  const whole = components(graph).length;
  return [...graph.keys()].filter((id) => {
    const parts_left = components(graph, id).length;
    return parts_left > (graph.get(id).size === 0 ? whole - 1 : whole);
  });
}

/// How many ids have 0, 1, 2, ... links.
export function degree_histogram(graph) {
  const histogram = [];
  for (const links of graph.values()) histogram[links.size] = (histogram[links.size] ?? 0) + 1;
  return Array.from(histogram, (count) => count ?? 0);
}
