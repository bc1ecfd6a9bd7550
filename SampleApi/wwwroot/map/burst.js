// Write a burst of keys and see where they land: bars on the ring by slot, and counts by shard.
import { count, element, hue } from './format.js';
import { showBins } from './ring.js';

const output = document.getElementById('burst');
const buttons = [...document.querySelectorAll('.buttons button')];
let cluster;

export const updateBurst = (now) => {
  cluster = now;
};

export function followBursts() {
  for (const button of buttons) {
    button.addEventListener('click', () => write(button));
  }
}

async function write(button) {
  buttons.forEach((other) => { other.disabled = true; });
  try {
    const response = await fetch('map/burst', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ keys: Number(button.dataset.keys), oneTag: button.dataset.oneTag === 'true' }),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.detail ?? answer.title);
    }
    show(answer);
  } catch (error) {
    output.replaceChildren(element('p', { class: 'problem' }, error.message));
  } finally {
    buttons.forEach((other) => { other.disabled = false; });
    button.focus();
  }
}

function show(result) {
  showBins(result.bins);
  const bars = element('dl', { class: 'bars' });
  const most = Math.max(...Object.values(result.primaries), 1);
  for (const shard of cluster.shards) {
    const primary = shard.nodes.find(({ role }) => role === 'primary')?.address;
    const keys = result.primaries[primary] ?? 0;
    const bar = element('span', {});
    bar.style.setProperty('--part', 0);
    requestAnimationFrame(() => requestAnimationFrame(() => bar.style.setProperty('--part', keys / most)));
    bars.append(
      element('dt', {}, `Shard ${shard.number}`),
      element('dd', {}, element('span', { class: `bar ${hue(shard.number)}` }, bar), element('span', { class: 'number' }, count(keys))),
    );
  }
  const missing = result.requested - result.written;
  output.replaceChildren(
    element('p', {}, `${count(result.written)} keys `, element('code', {}, result.keys), ` in ${count(result.milliseconds)} ms; gone in ${result.ttlSeconds} s.`),
    ...(missing > 0 ? [element('p', { class: 'problem' }, `${count(missing)} were not acknowledged in time.`)] : []),
    bars,
  );
}
