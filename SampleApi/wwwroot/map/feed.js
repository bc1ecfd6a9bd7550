// Hears the map from the server. The browser reconnects by itself after most failures; here is the rest: a server that refuses for now,
// and a connection that is open and dead. A hidden page lets go, so that nothing is asked of the cluster for it.
const silence = 15_000;
const slowest = 5_000;

export function follow({ onMap, onFigures, onLink }) {
  let source;
  let watchdog;
  let again;
  let wait = 500;

  function alive() {
    wait = 500;
    onLink('live');
    clearTimeout(watchdog);
    watchdog = setTimeout(restart, silence);
  }

  function on(event, act) {
    source.addEventListener(event, ({ data }) => {
      alive();
      act(JSON.parse(data));
    });
  }

  function start() {
    source = new EventSource('map/events');
    on('map', onMap);
    on('figures', onFigures);
    on('heartbeat', () => {});
    source.onerror = () => {
      clearTimeout(watchdog);
      onLink('lost');
      if (source.readyState === EventSource.CLOSED) {
        again = setTimeout(restart, wait);
        wait = Math.min(wait * 2, slowest);
      }
    };
  }

  function stop() {
    clearTimeout(watchdog);
    clearTimeout(again);
    source?.close();
  }

  function restart() {
    stop();
    start();
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? stop() : restart()));
  addEventListener('pagehide', stop);
  addEventListener('pageshow', ({ persisted }) => persisted && restart());
  if (!document.hidden) {
    start();
  }
}
