import { followBursts, updateBurst } from './burst.js';
import { follow } from './feed.js';
import { count } from './format.js';
import { followKeys, updateKeyPlace } from './keys.js';
import { drawNodesTable, updateFigures } from './nodes.js';
import { drawRing } from './ring.js';
import { tell } from './story.js';

const banner = document.getElementById('banner');
const verdict = document.getElementById('verdict-text');
const linkLine = document.getElementById('link');
const linkText = document.getElementById('link-text');
const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
let cluster;
let link = 'connecting';
let heardAt;

function onMap({ feed, cluster: now }) {
  drawRing(now, cluster);
  drawNodesTable(now);
  updateKeyPlace(now);
  updateBurst(now);
  tell(feed, now.story);
  cluster = now;
  document.body.dataset.state = now.state;
  verdict.textContent = judge(now);
  tellLink();
  warn();
}

function onLink(state) {
  if (state === 'live') {
    heardAt = new Date();
  }
  if (state !== link) {
    link = state;
    linkLine.dataset.link = state;
    document.body.dataset.link = state;
    tellLink();
    warn();
  }
}

function tellLink() {
  linkText.textContent = link === 'live' ? `live${cluster?.seenBy ? ` · as ${cluster.seenBy} sees it` : ''}` : 'reconnecting';
}

function judge({ state, servedSlots, shards, spares }) {
  const nodes = [...shards.flatMap((shard) => shard.nodes), ...spares];
  const well = nodes.filter(({ health }) => health === 'online').length;
  switch (state) {
    case 'whole': return `Healthy · ${nodes.length} of ${nodes.length} nodes`;
    case 'weakened': return `All slots served · ${well} of ${nodes.length} nodes in order`;
    case 'broken': return `${count(16384 - servedSlots)} slots not served · ${well} of ${nodes.length} nodes in order`;
    case 'unknown': return 'Unknown';
    default: return nodes.length === 0 ? 'Waiting for the cluster' : 'Cluster down';
  }
}

function warn() {
  const text = link === 'lost'
    ? `No connection to the API. ${heardAt ? `You see the cluster as it was at ${time.format(heardAt)}. ` : ''}Trying again.`
    : cluster?.state === 'down' ? `No node of the cluster answers. It is asked again until one does. (${cluster.reason})`
    : cluster?.state === 'unknown' ? `This API's user may not ask the cluster for its shards. (${cluster.reason})` : '';
  banner.hidden = text === '';
  if (banner.textContent !== text) {
    banner.textContent = text;
  }
}

followKeys();
followBursts();
follow({ onMap, onFigures: updateFigures, onLink });
