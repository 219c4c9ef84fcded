import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: 'local-write-key', host: 'http://127.0.0.1:8787' });
analytics.on('error', ({ reason }) => console.error('given up, and lost:', reason));

const ada = { userId: 'ada', anonymousId: 'laptop-of-ada' };
analytics.identify({ ...ada, traits: { email: 'ada@example.com', city: 'London' } });
analytics.page({ ...ada, name: 'Home' });
analytics.screen({ ...ada, name: 'Basket' });
analytics.group({ ...ada, groupId: 'club', traits: { name: 'The Club' } });
analytics.alias({ userId: 'ada', previousId: 'receipt-17' });
analytics.track({ ...ada, event: 'Order Completed', properties: { total: 24.5, currency: 'EUR' } });

// What happened long ago happens then: say when, and give it an id, so that sending it again changes nothing
analytics.track({
  ...ada,
  event: 'Order Completed',
  properties: { total: 99, currency: 'EUR' },
  timestamp: new Date('2025-03-01T09:30:00Z'),
  messageId: 'order-1815',
});

await analytics.closeAndFlush();
