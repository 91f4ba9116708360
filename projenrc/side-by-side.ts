import { spawn } from 'node:child_process';

/**
 * Runs commands side by side, since each leaves processors idle: `tsx projenrc/side-by-side.ts 'one' 'another' 'the last'`.
 * What the last one says is seen as it goes, what the others have said when they have ended. Fails where one of them has failed.
 */
async function main(commands: readonly string[]): Promise<void> {
  const codes = await Promise.all(commands.map((command, index) => run(command, index === commands.length - 1)));
  process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
}

function run(command: string, isSeen: boolean): Promise<number | null> {
  const child = spawn(command, { shell: true, stdio: ['ignore', isSeen ? 'inherit' : 'pipe', isSeen ? 'inherit' : 'pipe'] });
  let said = '';
  [child.stdout, child.stderr].forEach((stream) => stream?.on('data', (text: Buffer) => { said += text.toString(); }));
  return new Promise((resolve) => child.once('close', (code) => {
    process.stdout.write(`\n=== ${command}: ${code === 0 ? 'passed' : `failed with ${code}`}\n${said}`);
    resolve(code);
  }));
}

void main(process.argv.slice(2));
