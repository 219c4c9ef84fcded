/**
 * Makes a value once for each key, as long as these are few: with more than `most` of them everything
 * is forgotten and made anew. For values that follow from their key alone.
 */
export function memo<V>(most: number): (key: string, make: () => V) => V {
  const made = new Map<string, { readonly value: V }>();
  return (key, make) => {
    const known = made.get(key);
    if (known !== undefined) return known.value;
    if (made.size >= most) made.clear();
    const value = make();
    made.set(key, { value });
    return value;
  };
}
