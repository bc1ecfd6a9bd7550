// Numbers and slots as people read them.
const whole = new Intl.NumberFormat('en');
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export const count = (number) => whole.format(number);

export function bytes(number) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = number < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(number) / 10));
  return `${tenth.format(number / 1024 ** power)} ${units[power]}`;
}

export const slotCount = (slots) => slots.reduce((sum, { first, last }) => sum + last - first + 1, 0);

// A shard in many pieces has a list that nobody reads: its beginning is enough.
export function slotRanges(slots) {
  const shown = slots.slice(0, 3).map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
  return slots.length > 3 ? `${shown} and ${slots.length - 3} more ranges` : shown;
}

// Nodes of one machine differ by their ports only.
export function shortName(address, all) {
  const host = (text) => text.slice(0, text.lastIndexOf(':'));
  return all.every((other) => host(other) === host(address)) ? address.slice(address.lastIndexOf(':') + 1) : address;
}

export const hue = (shard) => (shard ? `shard-${((shard - 1) % 8) + 1}` : '');

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
