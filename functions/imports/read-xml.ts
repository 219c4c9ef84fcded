import { SaxesParser } from 'saxes';
import { ImportFileError } from './import-file-error.ts';

/** What is done as elements go by; names come without their prefix. */
export interface XmlVisitor {
  open?(name: string, attribute: (name: string) => string | undefined): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Elements in each other; a sheet has six. */
const MAX_DEPTH = 100;
/** Bytes without a tag: what is held of a text, a comment or a tag. A cell has 32,767 characters at most. */
const MAX_PIECE = 4_000_000;
const TAG = 0x3c;

/**
 * Goes through XML that comes in pieces, and gives way after each piece. It holds the element under way alone,
 * which is bounded; entities that a document defines itself are refused.
 *
 * @throws {ImportFileError} for what is no XML.
 */
export async function* readXml(chunks: AsyncIterable<Buffer>, visitor: XmlVisitor): AsyncGenerator<void> {
  const parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false });
  parser.on('error', (cause) => {
    throw broken(cause);
  });
  const { open, text, close } = visitor;
  let depth = 0;
  let isTagMet = false;
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    isTagMet = true;
    if (depth > MAX_DEPTH) throw broken();
    open?.(localName(name), (wanted) => attributes[wanted] ?? prefixed(attributes, wanted));
  });
  if (text !== undefined) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    isTagMet = true;
    close?.(localName(name));
  });

  const decoder = new TextDecoder();
  let held = 0;
  for await (const chunk of chunks) {
    const first = chunk.indexOf(TAG);
    if (held + (first === -1 ? chunk.length : first) > MAX_PIECE) throw broken();
    isTagMet = false;
    parser.write(decoder.decode(chunk, { stream: true }));
    // What looks like the beginning of a tag within a comment is none
    held = isTagMet ? chunk.length - chunk.lastIndexOf(TAG) : held + chunk.length;
    yield;
  }
  parser.write(decoder.decode()).close();
  yield;
}

/** Goes through XML as a whole. */
export async function visitXml(chunks: AsyncIterable<Buffer>, visitor: XmlVisitor): Promise<void> {
  for await (const _ of readXml(chunks, visitor));
}

const broken = (cause?: unknown): ImportFileError =>
  new ImportFileError('FileUnreadable', 'the file cannot be read: its XML is broken', { cause });

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** `r:id`, whatever its prefix is. */
function prefixed(attributes: Readonly<Record<string, string>>, wanted: string): string | undefined {
  for (const name in attributes)
    if (name.endsWith(wanted) && localName(name) === wanted) return attributes[name];
  return undefined;
}
