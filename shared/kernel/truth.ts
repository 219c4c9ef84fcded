/** Whether something is so; `undefined` where it is not known. */
export type Truth = boolean | undefined;
