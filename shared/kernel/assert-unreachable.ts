/** Ends a switch over a union: adding a member without a case no longer compiles. */
export function assertUnreachable(value: never): never {
  throw new TypeError(`unreachable case: ${JSON.stringify(value)}`);
}
