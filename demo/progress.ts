/** Tells how far a long step has come: on one line of a terminal, or a line for each quarter elsewhere. */
export function progress(title: string, total: number): (done: number) => void {
  const startedAt = performance.now();
  let quarters = -1;
  return (done) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const line = `${title} ${done}/${total} (${seconds} s)`;
    if (process.stdout.isTTY) {
      process.stdout.write(`\r\u001b[K  ${line}${done >= total ? '\n' : ''}`);
      return;
    }
    const reached = Math.floor((4 * done) / Math.max(total, 1));
    if (reached > quarters) console.log(`  ${line}`);
    quarters = Math.max(quarters, reached);
  };
}

/** Opens a step of the demo. */
export const step = (title: string): void => console.log(`\n${title}`);

/** A result under a step, its numbers aligned. */
export const result = (label: string, value: string | number): void =>
  console.log(`  ${label.padEnd(34)} ${value}`);
