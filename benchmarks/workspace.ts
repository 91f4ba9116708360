import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '..');

/** A folder of this run's own, which goes when the process does. */
export const WORKSPACE = mkdtempSync(join(tmpdir(), 'benchmarks-'));

process.on('exit', () => rmSync(WORKSPACE, { recursive: true, force: true }));
