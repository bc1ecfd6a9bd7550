// Slots as angles: slot 0 is at twelve o'clock, and they go round clockwise.
export const slotTotal = 16384;

export const angle = (slot) => (slot / slotTotal) * 2 * Math.PI - Math.PI / 2;

export const at = (radius, radians) => [radius * Math.cos(radians), radius * Math.sin(radians)];

const text = ([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`;

// The arc of some slots; `gap` is left free at each end, in radians, where there is room for it.
export function arc(radius, first, last, gap = 0) {
  const from = angle(first);
  const to = angle(last + 1);
  const free = to - from > 4 * gap ? gap : 0;
  // A full circle has its end where it began and would not be drawn.
  const end = Math.min(to - free, from + free + 2 * Math.PI - 0.001);
  return `M${text(at(radius, from + free))}A${radius} ${radius} 0 ${end - from - free > Math.PI ? 1 : 0} 1 ${text(at(radius, end))}`;
}

export const arcs = (radius, slots, gap) => slots.map(({ first, last }) => arc(radius, first, last, gap)).join('');

export const largest = (slots) => slots.reduce((most, range) => (range.last - range.first > most.last - most.first ? range : most));

export const middle = ({ first, last }) => angle((first + last + 1) / 2);

// What of some slots is not in others; both in order.
export function without(slots, others) {
  return slots.flatMap(({ first, last }) => {
    const left = [];
    let next = first;
    for (const other of others) {
      if (other.last >= next && other.first <= last) {
        if (other.first > next) {
          left.push({ first: next, last: other.first - 1 });
        }
        next = Math.max(next, other.last + 1);
      }
    }
    return next <= last ? [...left, { first: next, last }] : left;
  });
}
