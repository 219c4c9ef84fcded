/** A call of Segment's tracking API, as the stock client takes it. */
export interface Call {
  readonly type: 'identify' | 'track' | 'page';
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly messageId: string;
  readonly timestamp: Date;
  readonly event?: string;
  readonly name?: string;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
  /** What `context` says about e-mail; told to whoever checks, not sent. */
  readonly subscribed?: boolean;
}

/** What the calls about one person must come to, whatever the order they arrive in. */
export interface ExpectedPerson {
  /** Any identifier of theirs, as the Admin API takes it: `userId:customer-001`. */
  readonly identifier: string;
  readonly events: number;
  /** What they spent, in minor units. */
  readonly spent: number;
  readonly orders: number;
  /** What they said last about e-mail. */
  readonly subscribed: boolean;
}

/** What is sent, and what it must come to. */
export interface Traffic {
  readonly calls: readonly Call[];
  readonly people: readonly ExpectedPerson[];
  /** How many different identifiers the calls name people by. */
  readonly identifiers: number;
  readonly currency: string;
}

/** A call, with whose it is in truth. */
export interface OwnedCall {
  readonly call: Call;
  readonly identifier: string;
}

export const trafficOf = (calls: readonly OwnedCall[], currency: string): Traffic => ({
  calls: calls.map(({ call }) => call),
  people: expectPeople(calls),
  identifiers: new Set(calls.flatMap(({ call }) => identifiersOf(call))).size,
  currency,
});

function identifiersOf({ userId, anonymousId, traits }: Call): readonly string[] {
  const email = traits?.email;
  return [
    ...(userId === undefined ? [] : [`userId ${userId}`]),
    ...(anonymousId === undefined ? [] : [`anonymousId ${anonymousId}`]),
    ...(typeof email === 'string' ? [`email ${email.trim().toLowerCase()}`] : []),
  ];
}

/** What each person's calls come to, for calls in the order of their time whose person is told beside them. */
function expectPeople(calls: readonly OwnedCall[]): readonly ExpectedPerson[] {
  const people = Map.groupBy(calls, ({ identifier }) => identifier);
  return [...people].map(([identifier, theirs]) => {
    const orders = theirs.filter(({ call }) => call.event === 'Order Completed');
    return {
      identifier,
      events: theirs.length,
      orders: orders.length,
      spent: orders.reduce((sum, { call }) => sum + cents(call.properties?.total), 0),
      subscribed: theirs.findLast(({ call }) => call.subscribed !== undefined)?.call.subscribed ?? false,
    };
  });
}

const cents = (total: unknown): number => Math.round(Number(total) * 100);
