// Nodes around the ring: the primary of a shard in the middle of its slots, the replicas beside it. Each keeps its element, so that it moves when its place changes.
import { hue } from './format.js';
import { at, largest, middle } from './geometry.js';
import { shape } from './svg.js';

const orbit = 252;
const apart = 0.29;
const discs = new Map();

export function drawNodes(cluster, layers, nameOf) {
  const seen = new Set();
  layers.links.replaceChildren();
  for (const shard of cluster.shards) {
    const centre = middle(largest(shard.slots));
    const primary = shard.nodes.find((node) => node.role === 'primary');
    const others = shard.nodes.filter((node) => node !== primary);
    if (primary) {
      place(primary, shard.number, at(orbit, centre));
    }
    others.forEach((node, index) => {
      // Clockwise and counter-clockwise in turn.
      const side = Math.ceil((index + 1) / 2) * (index % 2 === 0 ? 1 : -1);
      const radians = centre + side * apart;
      place(node, shard.number, at(orbit, radians));
      if (primary && node.role === 'replica' && node.health === 'online' && primary.health === 'online') {
        const [[x1, y1], [x2, y2]] = [at(orbit, centre), at(orbit, radians)];
        shape('line', { class: `replication ${hue(shard.number)}`, x1, y1, x2, y2 }, layers.links);
      }
    });
  }
  cluster.spares.forEach((node, index) => place(node, undefined, [-290 + index * 52, 272]));
  for (const [id, disc] of discs) {
    if (!seen.has(id)) {
      disc.group.remove();
      discs.delete(id);
    }
  }

  function place(node, shard, [x, y]) {
    seen.add(node.id);
    const disc = discs.get(node.id) ?? make(node.id, layers.nodes);
    const isLost = node.health === 'failed' || node.health === 'silent';
    const isPromoted = disc.role !== undefined && disc.role !== 'primary' && node.role === 'primary';
    disc.role = node.role;
    disc.group.setAttribute('class', `node ${node.role} ${hue(shard)} ${isLost ? 'lost' : ''} ${isPromoted ? 'promoted' : ''}`);
    disc.group.style.transform = `translate(${x}px, ${y}px)`;
    disc.circle.setAttribute('class', isLost ? 'disc-lost' : node.role === 'primary' ? 'disc-primary' : 'disc-replica');
    disc.circle.setAttribute('r', node.role === 'primary' ? 27 : 22);
    disc.name.textContent = nameOf(node.address);
    disc.title.textContent = `${node.address}: ${node.role}, ${node.health}`;
    disc.cross.setAttribute('visibility', isLost ? 'visible' : 'hidden');
  }
}

function make(id, layer) {
  const group = shape('g', { 'data-node': id }, layer);
  const disc = {
    group,
    halo: shape('circle', { class: 'halo', r: 24 }, group),
    circle: shape('circle', {}, group),
    name: shape('text', {}, group),
    cross: shape('path', { class: 'cross', d: 'M11-22 19-14M19-22 11-14' }, group),
    title: shape('title', {}, group),
  };
  discs.set(id, disc);
  return disc;
}
