// What happened, newest first, and said aloud once to those who listen instead of looking.
import { element } from './format.js';

const list = document.getElementById('story');
const announcement = document.getElementById('announcement');
const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
let feed;
let heard = 0;

export function tell(now, story) {
  if (story.length > 0) {
    list.replaceChildren(...[...story].reverse().map(({ at, kind, text }) => element('li', {},
      element('time', { datetime: at }, time.format(new Date(at))), element('span', { class: kind }, text))));
  }
  const last = story.at(-1)?.number ?? 0;
  // What a page finds when it opens, or another instance remembers, is not news.
  const news = feed === now ? story.filter(({ number }) => number > heard) : [];
  feed = now;
  heard = last;
  if (news.length > 0) {
    announcement.textContent = news.map(({ text }) => text).join(' ');
  }
}
