export function shape(name, attributes = {}, parent = undefined) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  parent?.append(made);
  return made;
}

export function write(attributes, words, parent) {
  shape('text', attributes, parent).textContent = words;
}
