/** A fault names what is allowed, so that nobody needs the manual open to mend a typing error. */
export const allowing = (keys: readonly string[]) => ({
  error: (issue: { readonly code?: string; readonly keys?: readonly string[] }) =>
    issue.code === 'unrecognized_keys'
      ? `unknown: ${issue.keys?.join(', ')}; allowed here: ${keys.join(', ')}`
      : undefined,
});

/** Asks for one of several optional keys. */
export const oneOf = (keys: readonly string[]) => ({
  holds: (value: object) => keys.some((key) => Reflect.get(value, key) !== undefined),
  message: `at least one of ${keys.join(', ')} is needed`,
});
