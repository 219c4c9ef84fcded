import { SaxesParser } from 'saxes';
import { ImportFileError } from './import-file-error.ts';

/** What is done as elements go by; names come without their prefix. */
export interface XmlVisitor {
  open?(name: string, attribute: (name: string) => string | undefined): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Goes through XML that comes in pieces, and gives way after each piece. It holds the element under way alone;
 * entities that a document defines itself are refused.
 *
 * @throws {ImportFileError} for what is no XML.
 */
export async function* readXml(chunks: AsyncIterable<Buffer>, visitor: XmlVisitor): AsyncGenerator<void> {
  const parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false });
  parser.on('error', (cause) => {
    throw new ImportFileError('FileUnreadable', 'the file cannot be read: its XML is broken', { cause });
  });
  const { open, text, close } = visitor;
  if (open !== undefined) {
    parser.on('opentag', ({ name, attributes }) =>
      open(localName(name), (wanted) => attributes[wanted] ?? prefixed(attributes, wanted)),
    );
  }
  if (text !== undefined) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  if (close !== undefined) parser.on('closetag', ({ name }) => close(localName(name)));

  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    parser.write(decoder.decode(chunk, { stream: true }));
    yield;
  }
  parser.write(decoder.decode()).close();
  yield;
}

/** Goes through XML as a whole. */
export async function visitXml(chunks: AsyncIterable<Buffer>, visitor: XmlVisitor): Promise<void> {
  for await (const _ of readXml(chunks, visitor));
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

const prefixed = (attributes: Readonly<Record<string, string>>, wanted: string): string | undefined =>
  Object.entries(attributes).find(([name]) => localName(name) === wanted)?.[1];
