import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/** `at name (file:///var/task/index.mjs:1:2)`, or without a name and brackets. */
const FRAME = /^(.*?)(?:file:\/\/)?(\/[^():]+\.mjs):(\d+):(\d+)(\)?)$/;

const OUTSIDE = /^(?:\.\.\/)+/;

/**
 * A frame of a stack as it stands in the sources, from the repository's root, where its bundle has a map.
 *
 * Node does this by itself when it is told `--enable-source-maps`, but then it reads every map along with
 * the code: a seventh of the time that a cold function takes to load, for what is hardly ever asked.
 */
export function inSources(frame: string): string {
  const [, head = '', file = '', line, column, tail = ''] = FRAME.exec(frame) ?? [];
  if (file === '') return frame;
  const origin = mapOf(file)?.findOrigin(Number(line), Number(column));
  if (origin === undefined || !('fileName' in origin)) return frame;
  const { fileName, lineNumber, columnNumber } = origin;
  return `${head}${fileName.replace(OUTSIDE, '')}:${lineNumber}:${columnNumber}${tail}`;
}

const maps = new Map<string, SourceMap | undefined>();

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
  return maps.get(file);
}

/** A fault must be told with or without its map. */
function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
