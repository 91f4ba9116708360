import { version } from 'aws-cdk-lib/package.json';

console.log(version);
