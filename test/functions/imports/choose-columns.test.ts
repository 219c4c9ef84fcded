import { describe, expect, it } from 'vitest';
import { checkColumns, checkKeys, chooseDelimiter, plainName } from '#functions/imports/choose-columns.ts';
import { rowScanner } from '#functions/imports/row-scanner.ts';

const splitting = (header: string) => (delimiter: string) => header.split(delimiter).map(plainName);
const rowsOf = (text: string) => {
  const scanner = rowScanner({});
  return [...scanner.push(Buffer.from(text)), ...scanner.end()];
};

describe('chooseDelimiter', () => {
  it.each([
    ['email,name', ','],
    ['email;name', ';'],
    ['email\tname', '\t'],
    ['email|name', '|'],
    ['email;last, first;name', ';'],
    ['email', ','],
    // Nothing of it is mapped: whatever makes most columns is shown
    ['a;b;c', ';'],
    ['name;email,old', ';'],
  ])('takes for %j the one that makes the mapped columns', (header, delimiter) => {
    expect(chooseDelimiter(splitting(header), ['email', 'name'], undefined).delimiter).toBe(delimiter);
  });

  it('takes the one that is declared', () => {
    expect(chooseDelimiter(splitting('email,name;x'), ['email'], ';')).toMatchObject({
      delimiter: ';',
      columns: ['email,name', 'x'],
    });
  });

  it('refuses a first line with an open quote', () => {
    expect(() => chooseDelimiter(() => undefined, ['email'], undefined)).toThrow(
      expect.objectContaining({ name: 'FileUnreadable' }),
    );
  });
});

describe('checkColumns', () => {
  it('takes all mapped columns, however their letters are composed', () => {
    expect(() => checkColumns(['E-mail', 'Prénom', 'x', 'x'], ['Pre\u0301nom', 'E-mail'])).not.toThrow();
  });

  it('names what is missing, and what there is', () => {
    expect(() => checkColumns(['mail', 'name'], ['email', 'name', 'city'])).toThrow(
      expect.objectContaining({
        name: 'ColumnsMissing',
        message: 'the file has no column "email", "city": its first line has "mail", "name"',
      }),
    );
  });

  it('refuses a mapped column that is there twice', () => {
    expect(() => checkColumns(['email', 'email'], ['email'])).toThrow(
      expect.objectContaining({ name: 'ColumnsTwice', message: 'the file has more than one column "email"' }),
    );
  });
});

describe('checkKeys', () => {
  it.each(['{"email":1}', '{"a":1}\n{"email":null}', 'no json', '', '[1]\n{"name":1}'])(
    'takes %j',
    (text) => {
      expect(() => checkKeys(rowsOf(text), ['email', 'name'])).not.toThrow();
    },
  );

  it('refuses objects of which none has a mapped key', () => {
    expect(() => checkKeys(rowsOf('no json\n{"mail":1,"x":2}\n{}'), ['email'])).toThrow(
      expect.objectContaining({
        name: 'ColumnsMissing',
        message: 'none of the first lines has a key "email": the first has "mail", "x"',
      }),
    );
  });
});
