// The peer of "Caisson.Bench.Terminal parse": xterm.js without a browser takes the same streams, in the same chunks, at the same size.
//   node parse.cjs MEGABYTES FILE…
const fs = require('fs');
const path = require('path');
const { Terminal } = require('@xterm/headless');
const [megabytes, ...files] = process.argv.slice(2);
const chunk = 64 * 1024;

const feed = (terminal, data) =>
  new Promise((done) => {
    for (let at = 0; at < data.length; at += chunk) terminal.write(data.subarray(at, at + chunk), at + chunk >= data.length ? done : undefined);
  });

(async () => {
  for (const file of files) {
    const data = fs.readFileSync(file);
    const terminal = new Terminal({ cols: 120, rows: 40, scrollback: 10000, allowProposedApi: true, logLevel: 'off' });
    for (let i = 0; i < 2; i++) await feed(terminal, data);
    let best = 0;
    for (let round = Math.max(3, Math.floor((megabytes * (1 << 20)) / data.length)); round > 0; round--) {
      const started = process.hrtime.bigint();
      await feed(terminal, data);
      best = Math.max(best, data.length / 1e6 / (Number(process.hrtime.bigint() - started) / 1e9));
    }
    console.log(JSON.stringify({ name: 'xterm-headless', stream: path.basename(file, '.bin'), mb_per_second: Number(best.toFixed(1)) }));
  }
})();
