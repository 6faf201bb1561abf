// How far the screen model agrees with xterm.js: an emulator that got the output itself, and one that got only the model's snapshot of it, are compared
// cell by cell. Needs @xterm/headless and @xterm/addon-unicode11 in NODE_PATH.
//   node agreement.cjs BENCH random COUNT [SEED]   random output, tried again with less of it when it fails
//   node agreement.cjs BENCH FILE…                 recorded output (80 by 24), cut at 200 places
// RESIZE=1 also changes the size now and then.
const fs = require('fs');
const { spawn } = require('child_process');
const { Terminal } = require('@xterm/headless');
const { Unicode11Addon } = require('@xterm/addon-unicode11');
const [bench, ...rest] = process.argv.slice(2);
const random = rest[0] === 'random';
const [columns, rows] = random ? [12, 5] : [80, 24];

let state = 1;
const next = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % n;
};
const pick = (list) => list[next(list.length)];
const texts = ['a', 'hello ', '0123456789', 'the quick brown fox jumps over the lazy dog ', '世界', 'e\u0301', '👩\u200d🚀', 'lqqk~', '│─'];
const plain = ['\r', '\n', '\r\n', '\b', '\t', '\x0e', '\x0f', '\x1b7', '\x1b8', '\x1bD', '\x1bE', '\x1bH', '\x1bM', '\x1b=', '\x1b>', '\x1b(0', '\x1b)A',
  '\x1b(B', '\x1b#8', '\x1b[!p', '\x1b[4h', '\x1b[4l', '\x1b[?7h', '\x1b[?7l', '\x1b[?45h', '\x1b[?25l', '\x1b[?25h', '\x1b[?1h', '\x1b[?66h', '\x1b[?1000h',
  '\x1b[?1003h', '\x1b[?1002l', '\x1b[?1006h', '\x1b[?1004h', '\x1b[?2004h', '\x1b[?1049h', '\x1b[?1049l', '\x1b[?47h', '\x1b[?47l', '\x1b[?1048h',
  '\x1b[3g', '\x1b[s', '\x1b[u', '\x1b[r', '\x1b[2 q', '\x1b[1"q', '\x1b[0"q', '\x1b[0m', '\x1b[1;3;7m', '\x1b[4:3;58:2::1:2:3m', '\x1b[38;5;200;48;2;10;20;30m',
  '\x1b[41m', '\x1b[49m', '\x1b[22;24;27m', '\x1b[5;8;9;53m', '\x1b[38:5:9m', '\x1b[48:2:1:2:3m', '\x1b[38;2;1;2m', '\x1b[38;5m', '\x1b[21m', '\x1b[4:0m', '\x1b[58;5;3m',
  '\x1b[59m', '\x1b[3', '\x18', '\x1b]8;;https://example.org\x07', '\x1b]8;;\x07', '\x1bP$qm\x1b\\', '\x1b[?6l', '\u009b2C', '\u0085'];
const finals = ['@', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'I', 'J', 'K', 'L', 'M', 'P', 'S', 'T', 'X', 'Z', 'b', 'd', 'e', ' @', ' A', "'}", "'~"];
const piece = () => {
  const kind = next(26);
  if (kind < 8) return pick(texts);
  if (kind < 16) return pick(plain);
  if (kind < 22) return `\x1b[${next(14)}${pick(finals)}`;
  return `\x1b[${next(7)};${next(14)}${pick(['H', 'r', 'f'])}`;
};

let threw = 0; // xterm.js 6.0.0 has output that it throws on, as "erase above" in the last column of the last line
const child = spawn(bench, ['snapshots', String(columns), String(rows)], { stdio: ['pipe', 'pipe', 'inherit'] });
let buffered = '';
const waiting = [];
child.stdout.on('data', (data) => {
  buffered += data;
  for (let at; (at = buffered.indexOf('\n')) >= 0; buffered = buffered.slice(at + 1)) waiting.shift()(Buffer.from(buffered.slice(0, at), 'base64'));
});
const ask = () => new Promise((done) => { waiting.push(done); child.stdin.write('s\n'); });
const say = (line) => child.stdin.write(line + '\n');

function emulator(c, r) {
  const t = new Terminal({ cols: c, rows: r, scrollback: 1000, allowProposedApi: true, logLevel: 'off' });
  t.loadAddon(new Unicode11Addon());
  t.unicode.activeVersion = '11';
  t.answers = 0;
  t.onData(() => t.answers++);
  return t;
}

function lines(t) {
  const buffers = [['main', t.buffer.normal], ...(t.buffer.active.type === 'alternate' ? [['alternate', t.buffer.alternate]] : [])];
  const found = [];
  for (const [name, buffer] of buffers) {
    for (let y = 0; y < buffer.length; y++) {
      const line = buffer.getLine(y);
      let text = `${name} ${y - buffer.baseY}${line.isWrapped && y > 0 ? '~' : ' '}`;
      for (let x = 0; x < t.cols; x++) {
        const cell = line.getCell(x);
        // Of a cell without content only the background counts: the model keeps nothing else of it, and nothing else is drawn.
        const flags = cell.getChars() === '' ? '' : [cell.getFgColorMode(), cell.getFgColor(), cell.isBold(), cell.isDim(), cell.isItalic(), cell.isBlink(),
          cell.isInverse(), cell.isInvisible(), cell.isStrikethrough(), cell.isOverline(), cell.isUnderline() && cell.getUnderlineStyle?.()].map(Number).join(',');
        text += `[${cell.getChars() || '.'}${cell.getWidth() === 1 ? '' : cell.getWidth()} ${flags} ${cell.getBgColorMode()},${cell.getBgColor()}]`;
      }
      found.push(text);
    }
  }
  const active = t.buffer.active;
  const core = t._core;
  found.push(`cursor ${active.cursorX},${active.cursorY} ${active.type} region ${core.buffer.scrollTop}-${core.buffer.scrollBottom}`);
  found.push(JSON.stringify(t.modes));
  return found;
}

async function compare(label, writes) {
  say('n');
  let direct = emulator(columns, rows);
  for (const write of writes) {
    if (write.size) {
      direct.resize(...write.size);
      say(`r ${write.size[0]} ${write.size[1]}`);
    } else {
      try {
        direct._core.writeSync(write);
      } catch {
        threw++;
        return [];
      }
      say(`w ${Buffer.from(write).toString('base64')}`);
    }
  }
  const snapshot = await ask();
  const restored = emulator(direct.cols, direct.rows);
  restored._core.writeSync(snapshot);
  if (restored.answers) return [`${label}: the snapshot made the emulator answer`];
  const [a, b] = [lines(direct), lines(restored)];
  const different = [];
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) different.push(`  xterm.js ${a[i]}\n  model    ${b[i]}`);
  direct.dispose();
  restored.dispose();
  return different.length ? [label, ...different] : [];
}

// What fails is tried again with fewer pieces, so that it can be read.
async function shrink(label, writes) {
  for (let size = writes.length >> 1; size > 0; size >>= 1)
    for (let at = 0; at + size <= writes.length; ) {
      const fewer = [...writes.slice(0, at), ...writes.slice(at + size)];
      if ((await compare(label, fewer)).length) writes = fewer;
      else at += size;
    }
  return writes;
}

(async () => {
  let total = 0, failed = 0;
  if (random) {
    state = Number(rest[2] ?? 1);
    for (let i = 0; i < Number(rest[1]); i++) {
      const writes = [];
      for (let n = next(60) + 1; n > 0; n--) writes.push(process.env.RESIZE && next(20) === 0 ? { size: [2 + next(28), 2 + next(10)] } : Buffer.from(piece()));
      total++;
      const difference = await compare(`stream ${i}`, writes);
      if (!difference.length) continue;
      if (failed++ < Number(process.env.SHOW ?? 5)) {
        const least = await shrink('', writes);
        console.log(`stream ${i}: ${JSON.stringify(least.map((write) => (write.size ? write : write.toString())))}`);
        console.log((await compare('', least)).join('\n'));
      }
    }
  } else {
    const sizes = process.env.RESIZE ? [[100, 30], [61, 20], [80, 24]].map((size) => ({ size })) : [];
    for (const file of rest) {
      const data = fs.readFileSync(file);
      let bad = 0;
      for (let i = 1; i <= 200; i++) {
        total++;
        const difference = await compare(`${file} at ${Math.floor((data.length * i) / 200)}`, [data.subarray(0, Math.floor((data.length * i) / 200)), ...sizes]);
        if (!difference.length) continue;
        failed++;
        if (bad++ < 1) console.log(difference.slice(0, 6).join('\n'));
      }
    }
  }
  console.log(JSON.stringify({ compared: total - threw, equal: total - threw - failed, xtermThrew: threw }));
  child.stdin.end();
})();
