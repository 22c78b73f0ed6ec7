// What users of the npm package etcd3 do, against the endpoints given as arguments. Prints "done" when all of it worked.
'use strict';
const assert = require('node:assert');
const { Etcd3, EtcdLockFailedError } = require('etcd3');

async function keys(client) {
  await client.put('js/a').value('1');
  assert.strictEqual(await client.get('js/a').string(), '1');
  await client.put('js/b').value('2');
  assert.deepStrictEqual(await client.getAll().prefix('js/').strings(), { 'js/a': '1', 'js/b': '2' });
  const swapped = await client.if('js/a', 'Value', '==', '1').then(client.put('js/a').value('9')).commit();
  assert.ok(swapped.succeeded);
  const refused = await client.if('js/a', 'Value', '==', '1').then(client.put('js/a').value('8')).commit();
  assert.ok(!refused.succeeded);
  const before = await client.stm().transact(async transaction => {
    const value = await transaction.get('js/a').string();
    await transaction.put('js/a').value(value + '!');
    return value;
  });
  assert.strictEqual(before, '9');
  assert.strictEqual(await client.namespace('js/').get('a').string(), '9!');
  assert.strictEqual((await client.delete().prefix('js/')).deleted, '2');
}

async function watches(client) {
  const watcher = await client.watch().prefix('js/w').create();
  const seen = new Promise(resolve => watcher.once('put', pair => resolve(`${pair.key}=${pair.value}`)));
  await client.put('js/w1').value('x');
  assert.strictEqual(await seen, 'js/w1=x');
  await watcher.cancel();
}

async function leases(client) {
  const lease = client.lease(5);
  await lease.put('js/l').value('x');
  assert.strictEqual(await client.get('js/l').string(), 'x');
  await lease.revoke();
  assert.strictEqual(await client.get('js/l').string(), null);
}

async function coordination(client) {
  const held = client.lock('js/lock').ttl(5);
  await held.acquire();
  await assert.rejects(client.lock('js/lock').ttl(5).acquire(), EtcdLockFailedError);
  await held.release();
  const election = client.election('js/election', 5);
  const campaign = election.campaign('me');
  await new Promise((resolve, reject) => campaign.on('elected', resolve).on('error', reject));
  assert.strictEqual(await election.leader(), 'me');
  await campaign.resign();
}

async function cluster(client, nodes) {
  assert.ok((await client.maintenance.status()).version);
  assert.strictEqual((await client.cluster.memberList({})).members.length, nodes);
}

async function main(hosts) {
  const client = new Etcd3({ hosts });
  await keys(client);
  await watches(client);
  await leases(client);
  await coordination(client);
  await cluster(client, hosts.length);
  client.close();
  console.log('done');
}

main(process.argv.slice(2)).catch(error => {
  console.error(error);
  process.exit(1);
});
