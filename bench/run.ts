/** What can be asked; each has a file of its name here. */
const QUESTIONS = {
  pipeline: 'how much work is an event, compared with reading its JSON; how large are people',
  collect: 'what does it take to receive an event, and to load what receives it',
  import: 'how many rows of a file a second become records of the stream, and in how much memory',
  cost: 'what does an event consume of AWS, and what does that cost',
  evaluation: 'what does it take to evaluate everybody',
  segments:
    'how many people a second is a condition asked of, and what does an event cost with many segments',
  freshness: 'how late does somebody enter or leave a segment, by an event and by time alone',
  identity: 'how well are records of one person put together, and what is left apart',
} as const;
type Question = keyof typeof QUESTIONS;

const ANSWERS = {
  pipeline: () => import('./pipeline.ts'),
  collect: () => import('./collect.ts'),
  import: () => import('./import.ts'),
  cost: () => import('./cost.ts'),
  evaluation: () => import('./evaluation.ts'),
  segments: () => import('./segments.ts'),
  freshness: () => import('./freshness.ts'),
  identity: () => import('./identity.ts'),
} satisfies Record<Question, unknown>;

const isQuestion = (text: string): text is Question => Object.hasOwn(QUESTIONS, text);

const usage = [
  'usage: npm run bench -- <question> [scale]',
  '',
  ...Object.entries(QUESTIONS).map(([name, asks]) => `  ${name.padEnd(12)}${asks}`),
].join('\n');

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Figures differ by far less than their fourth digit means. */
const rounded = (value: number): string => String(Number(value.toPrecision(4)));

async function main(question: string | undefined, scale = '1'): Promise<void> {
  if (question === undefined || question === '--help' || question === '-h') {
    print(usage);
    return;
  }
  const file = isQuestion(question) ? question : undefined;
  if (file === undefined) {
    process.stderr.write(`there is no question "${question}"\n\n${usage}\n`);
    process.exitCode = 1;
    return;
  }
  const { answer } = await ANSWERS[file]();
  const figures = await answer(print, Number(scale));
  for (const [name, value] of Object.entries(figures)) print(`${name}=${rounded(value)}`);
}

await main(process.argv[2], process.argv[3]);
