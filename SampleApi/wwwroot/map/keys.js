// Type a key and see where it lives. The server says, by the function that it sends commands by.
import { element, hue } from './format.js';
import { showPin } from './ring.js';

const input = document.getElementById('key');
const output = document.getElementById('key-place');
const hint = [...output.childNodes];
let cluster;
let asking;
let shown;

export function followKeys() {
  let pause;
  input.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(find, 120);
  });
  document.getElementById('key-form').addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(pause);
    find();
  });
}

// After a failover the same slot has another primary.
export function updateKeyPlace(now) {
  cluster = now;
  if (shown) {
    draw(shown);
  }
}

async function find() {
  asking?.abort();
  asking = new AbortController();
  shown = undefined;
  const key = input.value;
  if (key === '') {
    showPin();
    output.replaceChildren(...hint);
    return;
  }
  try {
    const response = await fetch(`map/keys/${encodeURIComponent(key)}`, { signal: asking.signal });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.detail ?? answer.title);
    }
    shown = answer;
    draw(answer);
  } catch (error) {
    if (error.name !== 'AbortError') {
      showPin();
      output.replaceChildren(element('p', { class: 'problem' }, error.message));
    }
  }
}

function draw(place) {
  const shard = cluster?.shards.find(({ slots }) => slots.some(({ first, last }) => first <= place.slot && place.slot <= last));
  const primary = shard?.nodes.find(({ role }) => role === 'primary')?.address ?? place.primary;
  const start = place.hashedPart === place.key ? 0 : place.key.indexOf(`{${place.hashedPart}}`) + 1;
  const end = start + place.hashedPart.length;
  showPin(place.slot);
  output.replaceChildren(
    element('p', { class: 'key' }, place.key.slice(0, start), element('mark', {}, place.hashedPart), place.key.slice(end)),
    element('p', { class: `place-line ${hue(shard?.number)}` }, element('span', { class: 'swatch' }), `Slot ${place.slot}`,
      ...(shard ? [element('span', {}, `shard ${shard.number}`)] : []), element('span', { class: 'address' }, primary ?? 'no primary')),
    element('p', { class: 'hint' }, place.reason),
  );
}
