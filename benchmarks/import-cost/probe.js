// A fresh process of an app that uses aws-cdk-lib: how long requiring the library takes, and what it loads.
'use strict';
const [library, alreadyLoaded] = process.argv.slice(2);

require('aws-cdk-lib');
require('aws-cdk-lib/aws-cleanrooms');
JSON.parse(alreadyLoaded).forEach((file) => require(file));
const before = new Set(Object.keys(require.cache));

const start = performance.now();
require(library);
const millis = performance.now() - start;
console.log(JSON.stringify({ millis, loaded: Object.keys(require.cache).filter((file) => !before.has(file)) }));
