// The picture: slots as a ring of arcs, one colour a shard, and the nodes around it.
import { count, hue, shortName, slotCount, slotRanges } from './format.js';
import { angle, arc, arcs, at, largest, middle, slotTotal, without } from './geometry.js';
import { drawNodes } from './discs.js';
import { shape, write } from './svg.js';

const ringRadius = 186;
const ringWidth = 34;
const binRadius = 162;
const binCount = 256;
const longestBin = 46;

const ring = document.getElementById('ring');
const layers = {};

function prepare() {
  for (const name of ['track', 'arcs', 'moves', 'bins', 'links', 'nodes', 'pin', 'centre']) {
    layers[name] = shape('g', {}, ring);
  }
  shape('circle', { class: 'track', r: ringRadius, 'stroke-width': ringWidth }, layers.track);
  for (const slot of [0, 4096, 8192, 12288]) {
    const [[x1, y1], [x2, y2]] = [at(binRadius + 6, angle(slot)), at(binRadius - 1, angle(slot))];
    shape('line', { class: 'tick', x1, y1, x2, y2 }, layers.track);
  }
  // Always there, so that a burst makes them grow.
  for (let bin = 0; bin < binCount; bin++) {
    const radians = angle((bin + 0.5) * (slotTotal / binCount));
    const [[x1, y1], [x2, y2]] = [at(binRadius, radians), at(binRadius - longestBin, radians)];
    shape('line', { class: 'bin', x1, y1, x2, y2 }, layers.bins).style.setProperty('--length', 0);
  }
}

export function drawRing(cluster, before) {
  layers.arcs.replaceChildren();
  const owned = cluster.shards.flatMap((shard) => shard.slots).sort((one, other) => one.first - other.first);
  shape('path', { class: 'unserved', d: arcs(ringRadius, without([{ first: 0, last: slotTotal - 1 }], owned), 0.006), 'stroke-width': 6 }, layers.arcs);
  for (const shard of cluster.shards) {
    const primary = shard.nodes.find((node) => node.role === 'primary');
    const isServed = primary && primary.health === 'online';
    const group = shape('g', { class: hue(shard.number) }, layers.arcs);
    shape('path', { class: isServed ? 'arc' : 'arc down', d: arcs(ringRadius, shard.slots, 0.008), 'stroke-width': ringWidth }, group);
    if (!isServed) {
      shape('path', { class: 'unserved', d: arcs(ringRadius, shard.slots, 0.01), 'stroke-width': 6 }, group);
    }
    const home = largest(shard.slots);
    if (isServed && home.last - home.first > 400) {
      const [x, y] = at(ringRadius, middle(home));
      write({ class: 'shard-name', x, y }, shard.number, group);
    }
    showMove(shard, before);
  }
  const all = [...cluster.shards.flatMap((shard) => shard.nodes), ...cluster.spares];
  drawNodes(cluster, layers, (address) => shortName(address, all.map((node) => node.address)));
  colourBins(cluster);
  drawCentre(cluster);
  document.getElementById('ring-summary').textContent = describe(cluster);
}

// Slots that a shard did not have a moment ago light up.
function showMove(shard, before) {
  const old = before?.shards.find((known) => known.number === shard.number);
  const gained = old ? without(shard.slots, old.slots) : [];
  if (gained.length > 0) {
    const flash = shape('path', { class: 'moved', d: arcs(ringRadius, gained, 0), 'stroke-width': ringWidth }, layers.moves);
    flash.addEventListener('animationend', () => flash.remove());
    setTimeout(() => flash.remove(), 3000); // without motion no animation ends
  }
}

function colourBins(cluster) {
  for (const [index, bin] of [...layers.bins.children].entries()) {
    const slot = Math.floor((index + 0.5) * (slotTotal / binCount));
    const owner = cluster.shards.find((shard) => shard.slots.some(({ first, last }) => first <= slot && slot <= last));
    bin.setAttribute('class', `bin ${hue(owner?.number)}`);
  }
}

function drawCentre(cluster) {
  const isKnown = cluster.shards.length > 0;
  layers.centre.replaceChildren();
  write({ class: 'total', y: -8 }, isKnown ? count(cluster.servedSlots) : '–', layers.centre);
  write({ class: 'total-label', y: 24 }, isKnown ? `of ${count(slotTotal)} slots served` : 'no cluster seen yet', layers.centre);
  for (const slot of isKnown ? [0, 4096, 8192, 12288] : []) {
    const [x, y] = at(binRadius - longestBin - 22, angle(slot));
    write({ class: 'tick-label', x, y }, slot, layers.centre);
  }
}

const describe = (cluster) => `Ring of ${count(slotTotal)} slots, ${count(cluster.servedSlots)} served. ${cluster.shards
  .map((shard) => `Shard ${shard.number}: slots ${slotRanges(shard.slots)}, ${count(slotCount(shard.slots))} in all, ${shard.nodes.map((node) => `${node.address} ${node.role} ${node.health}`).join(', ')}`)
  .join('. ')}`;

// Keys of a burst by slot: one bar for every 64 slots, pointing inwards.
export function showBins(counts) {
  const most = Math.max(...counts, 1);
  for (const [index, bin] of [...layers.bins.children].entries()) {
    bin.style.setProperty('--length', counts[index] === 0 ? 0 : 3 + (counts[index] / most) * (longestBin - 3));
  }
}

export function showPin(slot) {
  layers.pin.replaceChildren();
  if (slot === undefined) {
    return;
  }
  const pin = shape('g', { class: 'pin' }, layers.pin);
  const [[x1, y1], [x2, y2], [x, y]] = [binRadius - longestBin, ringRadius + ringWidth / 2 + 8, 66].map((radius) => at(radius, angle(slot + 0.5)));
  shape('line', { x1, y1, x2, y2 }, pin);
  shape('circle', { cx: x2, cy: y2, r: 6 }, pin);
  shape('rect', { x: x - 33, y: y - 13, width: 66, height: 26, rx: 8 }, pin);
  write({ x, y }, slot, pin);
}

prepare();
