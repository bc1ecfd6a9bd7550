// The table: every node with its figures, grouped by shard. Cells are written only when their text changed, rows are moved and never made anew.
import { bytes, count, element, hue, slotCount, slotRanges } from './format.js';

const words = {
  online: ['online', ''],
  loading: ['loading its data', 'warn'],
  unlinked: ['not linked', 'warn'],
  silent: ['not reachable', 'bad'],
  failed: ['failed', 'bad'],
};

const table = document.getElementById('nodes');
const rows = new Map();
let figures = {};

export function drawNodesTable(cluster) {
  const groups = [...cluster.shards, ...(cluster.spares.length > 0 ? [{ nodes: cluster.spares }] : [])];
  const seen = new Set();
  const bodies = groups.map((shard) => {
    const body = element('tbody', { class: hue(shard.number) }, title(shard));
    // The primary first, as people look for it.
    for (const node of [...shard.nodes].sort((one, other) => (other.role === 'primary') - (one.role === 'primary'))) {
      seen.add(node.id);
      body.append(row(node, shard.number));
    }
    return body;
  });
  for (const body of table.querySelectorAll('tbody')) {
    body.remove();
  }
  table.append(...bodies);
  for (const id of rows.keys()) {
    if (!seen.has(id)) {
      rows.delete(id);
    }
  }
}

export function updateFigures(changes) {
  figures = { ...figures, ...changes };
  for (const id of Object.keys(changes)) {
    writeFigures(id);
  }
}

function title(shard) {
  const cell = element('th', { scope: 'rowgroup', colspan: 6 });
  cell.append(shard.number
    ? element('div', {}, element('span', { class: 'swatch' }), element('span', { class: 'shard-title' }, `Shard ${shard.number}`),
      element('span', { class: 'slots' }, `slots ${slotRanges(shard.slots)} · ${count(slotCount(shard.slots))}`))
    : element('div', {}, element('span', { class: 'shard-title' }, 'In no shard')));
  return element('tr', {}, cell);
}

function row(node, shard) {
  const known = rows.get(node.id) ?? make(node.id);
  const [health, tone] = words[node.health] ?? [node.health, 'warn'];
  known.row.className = tone === 'bad' ? 'lost' : '';
  known.role.className = `role ${node.role}`;
  known.role.textContent = node.role === 'none' ? (shard ? 'replaced' : 'no slots') : node.role;
  known.address.textContent = node.address;
  known.health.className = `health ${tone}`;
  known.health.textContent = health;
  known.isReplica = node.role === 'replica';
  writeFigures(node.id);
  return known.row;
}

function make(id) {
  const cells = {
    role: element('span', {}),
    address: element('span', { class: 'address' }),
    health: element('span', {}),
    memory: element('td', { class: 'number memory' }),
    ops: element('td', { class: 'number ops' }),
    keys: element('td', { class: 'number keys' }),
    lag: element('td', { class: 'number lag' }),
  };
  cells.row = element('tr', { 'data-node': id },
    element('td', { class: 'place' }, cells.role, cells.address), element('td', {}, cells.health), cells.memory, cells.ops, cells.keys, cells.lag);
  rows.set(id, cells);
  return cells;
}

function writeFigures(id) {
  const cells = rows.get(id);
  if (!cells) {
    return;
  }
  const own = figures[id];
  const memory = own && (own.maxMemoryBytes > 0 ? `${bytes(own.memoryBytes)} of ${bytes(own.maxMemoryBytes)}` : bytes(own.memoryBytes));
  write(cells.memory, memory);
  write(cells.ops, own && own.opsPerSecond !== null ? count(own.opsPerSecond) : undefined);
  write(cells.keys, own && count(own.keys));
  write(cells.lag, own && cells.isReplica && own.lagBytes !== null ? (own.lagBytes === 0 ? 'in step' : bytes(own.lagBytes)) : undefined);
}

function write(cell, text) {
  const shown = text ?? '–';
  if (cell.textContent !== shown) {
    cell.textContent = shown;
  }
}
