/** What can be asked; each has a file of its name here. */
const QUESTIONS = {
  pipeline: 'how much work is an event, compared with reading its JSON; how large are people',
} as const;

const usage = [
  'usage: npm run bench -- <question>',
  '',
  ...Object.entries(QUESTIONS).map(([name, asks]) => `  ${name.padEnd(12)}${asks}`),
].join('\n');

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Figures differ by far less than their fourth digit means. */
const rounded = (value: number): string => String(Number(value.toPrecision(4)));

async function main(question: string | undefined): Promise<void> {
  if (question === undefined || question === '--help' || question === '-h') {
    print(usage);
    return;
  }
  if (question !== 'pipeline') {
    process.stderr.write(`there is no question "${question}"\n\n${usage}\n`);
    process.exitCode = 1;
    return;
  }
  const { answer } = await import('./pipeline.ts');
  const figures = await answer(print);
  for (const [name, value] of Object.entries(figures)) print(`${name}=${rounded(value)}`);
}

await main(process.argv[2]);
