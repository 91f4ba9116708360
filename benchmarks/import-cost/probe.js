// A fresh process of an app that uses aws-cdk-lib: what requiring the library adds, and how much of it is the library's own.
'use strict';
const Module = require('node:module');
const path = require('node:path');
const [library] = process.argv.slice(2);
const folder = path.dirname(library) + path.sep;

require('aws-cdk-lib');
require('aws-cdk-lib/aws-cleanrooms');
const before = new Set(Object.keys(require.cache));

// Time is charged to the library while one of its own modules runs, and to others while they load inside of it.
const spent = { own: 0, others: 0 };
let charged = 'others';
let since = performance.now();
function charge(to) {
  const now = performance.now();
  spent[charged] += now - since;
  since = now;
  charged = to;
}

const load = Module._load;
Module._load = function (request, parent) {
  const outer = charged;
  charge(request === library || (request.startsWith('.') && parent.filename.startsWith(folder)) ? 'own' : 'others');
  try {
    return load.apply(this, arguments);
  } finally {
    charge(outer);
  }
};
require(library);
const loaded = Object.keys(require.cache).filter((file) => !before.has(file));
const ownModules = loaded.filter((file) => file.startsWith(folder)).length;
process.send({ ...spent, ownModules, otherModules: loaded.length - ownModules });
