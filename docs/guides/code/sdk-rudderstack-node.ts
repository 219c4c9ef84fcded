import RudderAnalytics from '@rudderstack/rudder-sdk-node';

const analytics = new RudderAnalytics('local-write-key', {
  dataPlaneUrl: 'http://127.0.0.1:8787',
  retryCount: 10,
  errorHandler: (error) => console.error('given up, and lost:', error),
});

/** Each call's callback is called when the call has been sent, or given up. */
const unsent: Promise<void>[] = [];
const done = (): (() => void) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  unsent.push(promise);
  return resolve;
};

const grace = { userId: 'grace', anonymousId: 'laptop-of-grace' };
analytics.identify({ ...grace, traits: { email: 'grace@example.com', city: 'New York' } }, done());
analytics.page({ ...grace, name: 'Home' }, done());
analytics.screen({ ...grace, name: 'Basket' }, done());
analytics.group({ ...grace, groupId: 'club', traits: { name: 'The Club' } }, done());
analytics.alias({ userId: 'grace', previousId: 'receipt-18' }, done());
analytics.track({ ...grace, event: 'Order Completed', properties: { total: 24.5, currency: 'EUR' } }, done());

// What happened long ago happens then
analytics.track(
  {
    ...grace,
    event: 'Order Completed',
    properties: { total: 99, currency: 'EUR' },
    timestamp: new Date('2025-03-01T09:30:00Z'),
  },
  done(),
);

// `flush` takes at most 20 calls, so that more of them need the timer besides
await analytics.flush();
await Promise.all(unsent);
