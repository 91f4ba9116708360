import { existsSync, readdirSync } from 'fs';
import { join } from 'path';

export const EXAMPLES = join(__dirname, '../../examples');

/** The folders below `examples/` that are apps which can be copied out. */
export const exampleNames = (): string[] => readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'cdk.json')));
