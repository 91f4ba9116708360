// A fresh process: loads a function's file and calls it once. Plain JavaScript, so that nothing but the function is loaded.
'use strict';
const [file, handlerName, event] = process.argv.slice(2);
console.log = console.warn = console.error = () => undefined;
const before = process.cpuUsage();
const start = performance.now();
const handler = require(file)[handlerName];
const loaded = performance.now();
const context = { getRemainingTimeInMillis: () => 5_000, logStreamName: 'probe' };
// Some peers' handlers throw to be called again; whether the call got through is told by the server's count.
Promise.resolve(handler(JSON.parse(event), context)).catch(() => undefined).then(() => {
  const called = performance.now();
  const { user, system } = process.cpuUsage(before);
  process.send({ load: loaded - start, call: called - loaded, cpu: (user + system) / 1_000 }, () => process.exit());
});
