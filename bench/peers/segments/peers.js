import { createRequire } from 'node:module';
import { DuckDBInstance } from '@duckdb/node-api';
import { LogicEngine } from 'json-logic-engine';
import { Engine } from 'json-rules-engine';
import { Query } from 'mingo';
import sift from 'sift';

const require = createRequire(import.meta.url);
const versionOf = (name) => require(`./node_modules/${name}/package.json`).version;

const ORDERS = 'events.Order Completed.count';
const VIEWED = 'events.Product Viewed.last';

/** The condition in MongoDB's language, which two of them read. */
const mongo = ({ since }) => ({
  $and: [
    { [ORDERS]: { $gte: 2 } },
    { 'sums.EUR': { $gte: 10_000 } },
    { 'consents.email/marketing': 'granted' },
    { 'traits.country': { $in: ['FR', 'DE', 'BE'] } },
    { 'traits.age': { $gte: 25, $lt: 60 } },
    { 'traits.employee': { $ne: true } },
    { $or: [{ 'traits.plan': 'gold' }, { [VIEWED]: { $gt: since } }] },
  ],
});

/** The same condition as each of them is told it, compiled once where it can be. */
export const peers = [
  {
    name: 'json_logic_engine_compiled',
    version: versionOf('json-logic-engine'),
    share: 1,
    compile: ({ since }) =>
      new LogicEngine().build({
        and: [
          { '>=': [{ var: [ORDERS, 0] }, 2] },
          { '>=': [{ var: ['sums.EUR', 0] }, 10_000] },
          { '===': [{ var: 'consents.email/marketing' }, 'granted'] },
          { in: [{ var: 'traits.country' }, ['FR', 'DE', 'BE']] },
          { '>=': [{ var: 'traits.age' }, 25] },
          { '<': [{ var: 'traits.age' }, 60] },
          { '!==': [{ var: 'traits.employee' }, true] },
          {
            or: [{ '===': [{ var: 'traits.plan' }, 'gold'] }, { '>': [{ var: [VIEWED, 0] }, since] }],
          },
        ],
      }),
  },
  {
    name: 'mingo',
    version: versionOf('mingo'),
    share: 0.2,
    compile(at) {
      const query = new Query(mongo(at));
      return (profile) => query.test(profile);
    },
  },
  {
    name: 'sift',
    version: versionOf('sift'),
    share: 0.2,
    compile: (at) => sift(mongo(at)),
  },
  {
    name: 'json_rules_engine',
    version: versionOf('json-rules-engine'),
    share: 0.01,
    compile({ since }) {
      const fact = (path, operator, value) => ({ fact: 'profile', path, operator, value });
      const engine = new Engine(
        [
          {
            event: { type: 'member' },
            conditions: {
              all: [
                fact("$.events['Order Completed'].count", 'greaterThanInclusive', 2),
                fact('$.sums.EUR', 'greaterThanInclusive', 10_000),
                fact("$.consents['email/marketing']", 'equal', 'granted'),
                fact('$.traits.country', 'in', ['FR', 'DE', 'BE']),
                fact('$.traits.age', 'greaterThanInclusive', 25),
                fact('$.traits.age', 'lessThan', 60),
                fact('$.traits.employee', 'notEqual', true),
                {
                  any: [
                    fact('$.traits.plan', 'equal', 'gold'),
                    fact("$.events['Product Viewed'].last", 'greaterThan', since),
                  ],
                },
              ],
            },
          },
        ],
        { allowUndefinedFacts: true },
      );
      return async (profile) => (await engine.run({ profile })).events.length > 0;
    },
  },
];

const WHERE = `orders >= 2 AND eur >= 10000 AND consent = 'granted' AND country IN ('FR', 'DE', 'BE')
  AND age >= 25 AND age < 60 AND employee IS DISTINCT FROM true AND (plan = 'gold' OR viewed > $since)`;

/** A table with a column for each field that is asked for, in memory, on one thread. */
export async function duckdb() {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE people (id INTEGER, orders INTEGER, eur INTEGER, consent VARCHAR,
    country VARCHAR, age INTEGER, employee BOOLEAN, plan VARCHAR, viewed BIGINT)`);
  let id = 0;
  return {
    version: versionOf('@duckdb/node-api'),
    async add(profiles) {
      const appender = await connection.createAppender('people');
      for (const { traits, events, sums, consents } of profiles) {
        const text = (value) => (value === undefined ? appender.appendNull() : appender.appendVarchar(value));
        appender.appendInteger(id++);
        appender.appendInteger(events['Order Completed']?.count ?? 0);
        appender.appendInteger(sums.EUR ?? 0);
        text(consents['email/marketing']);
        text(traits.country);
        appender.appendInteger(traits.age);
        appender.appendBoolean(traits.employee);
        text(traits.plan);
        appender.appendBigInt(BigInt(events['Product Viewed']?.last ?? 0));
        appender.endRow();
      }
      appender.closeSync();
    },
    /** How many are members, and the sum of their places. */
    async count({ since }) {
      const text = `SELECT count(*)::DOUBLE, coalesce(sum(id), 0)::DOUBLE FROM people WHERE ${WHERE.replace('$since', since)}`;
      const [row] = (await connection.runAndReadAll(text)).getRows();
      return row;
    },
  };
}
