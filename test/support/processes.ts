import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The command lines of processes that still run with this directory among their arguments. */
export const processesOf = (dir: string): readonly string[] =>
  running()
    .map(({ command }) => command)
    .filter((command) => command.includes(dir));

/** The DynamoDB engines, less the shells that watch over them, whose data lies in a directory. */
export const enginesOver = (dir: string): readonly number[] =>
  running()
    .filter(({ command }) => /^\S*dynoxide /.test(command) && command.includes(dir))
    .map(({ pid }) => pid);

const running = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
    .map((name) => ({ pid: Number(name), command: commandOf(name) }));

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it ended while we looked
  }
}
