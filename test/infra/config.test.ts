import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig, readConfig } from '#infra/config.ts';

const least = { region: 'eu-west-3', legalEntity: 'acme', email: { domain: 'mail.example.com' } };

describe("a stage's settings", () => {
  it.each(['local', 'example'])('config/%s.json is one that can be used', (stage) => {
    expect(readConfig({ stage }).stream).toEqual({ mode: 'provisioned', shards: 1 });
  });

  it('need a region, a legal entity and a sender; everything else has a default', () => {
    expect(parseConfig(least, 'config/x.json')).toMatchInlineSnapshot(`
      {
        "brand": "default",
        "dedupDays": 30,
        "email": {
          "domain": "mail.example.com",
        },
        "legalEntity": "acme",
        "logRetentionDays": 30,
        "market": "default",
        "region": "eu-west-3",
        "stream": {
          "mode": "provisioned",
          "shards": 1,
        },
        "timeline": "known",
        "timelineDays": 365,
        "timezone": "UTC",
      }
    `);
  });

  it.each([
    [{ region: undefined }, /config\/x\.json cannot be used:\n {2}region: .*expected string/],
    [{ region: 'Paris' }, /region: must be an AWS region such as "eu-west-1"/],
    [{ legalEntity: undefined }, /legalEntity: .*expected string/],
    [{ timeline: 'some' }, /timeline: .*"none"\|"known"\|"all"/],
    [{ stream: { mode: 'provisioned', shards: 0 } }, /stream\.shards: .*>=1/],
    [{ stream: { mode: 'on-demand', shards: 2 } }, /stream: .*"shards"/],
    [{ timezone: 'Mars/Olympus' }, /timezone: must be an IANA time zone/],
    [{ logRetentionDays: 31 }, /logRetentionDays: must be one of 1, 3, 5/],
    [{ email: 'crm@example.com' }, /email: must be \{"domain": "mail\.example\.com"\} or/],
    [{ alarmMail: 'crm@example.com' }, /\(top level\): .*"alarmMail"/],
  ])('%j is refused with the place and what is allowed there', (fault, message) => {
    const parse = () => parseConfig({ ...least, ...fault }, 'config/x.json');

    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(message);
  });

  it('of a stage without a file say how to make one', () => {
    expect(() => readConfig({ stage: 'nowhere' })).toThrow(
      /config\/nowhere\.json cannot be read: begin with a copy of config\/example\.json/,
    );
  });

  it.each(['../secrets', 'Prod', ''])('are not looked for under the name "%s"', (stage) => {
    expect(() => readConfig({ stage })).toThrow(/must be lower-case letters/);
  });
});
