// @camunda8/sdk in every step of a case. It reads its settings from the environment; the files to deploy are the arguments.
import assert from 'node:assert/strict';
import { Camunda8 } from '@camunda8/sdk';

const camunda = new Camunda8().getCamundaRestClient();
const variables = { nomor: `SDK-${process.pid}`, jumlah: 120 };

async function awaited(search) {
  for (let tries = 0; tries < 300; tries += 1) {
    const { items } = await search();
    if (items.length > 0) return items[0];
    await new Promise((done) => { setTimeout(done, 200); });
  }
  throw new Error('nothing came');
}

const deployed = await camunda.deployResourcesFromFiles(process.argv.slice(2));
assert.equal(deployed.processes[0].processDefinitionId, 'tagihan');
assert.equal(deployed.decisions[0].decisionDefinitionId, 'potongan');
const { processDefinitionKey } = deployed.processes[0];
assert.match(await camunda.getProcessDefinitionXML(processDefinitionKey), /tagihan/);

const decided = await camunda.evaluateDecision({ decisionDefinitionId: 'potongan', variables: { jumlah: 5 } });
assert.equal(decided.output, '0');

const { processInstanceKey } = await camunda.createProcessInstance({ processDefinitionId: 'tagihan', variables });
const task = await awaited(() => camunda.searchUserTasks({ filter: { processInstanceKey }, sort: [] }));
const { userTaskKey } = task;
assert.equal(task.elementId, 'periksa');
await camunda.assignUserTask({ userTaskKey, assignee: process.env.ASSIGNEE, allowOverride: true });
assert.equal((await camunda.getUserTask(userTaskKey)).assignee, process.env.ASSIGNEE);
await camunda.completeUserTask({ userTaskKey, variables: { catatan: 'cocok' } });

await camunda.publishMessage({ name: 'bayar', correlationKey: variables.nomor, timeToLive: 1000, variables: {} });
const incident = await awaited(() => camunda.searchIncidents({ filter: { processInstanceKey }, sort: [] }));
await camunda.updateElementInstanceVariables({ elementInstanceKey: processInstanceKey, variables: { lunas: true } });
await camunda.resolveIncident(incident.incidentKey);
const last = await awaited(() => camunda.searchUserTasks({
  filter: { processInstanceKey, elementId: 'arsip' }, sort: [],
}));
await camunda.completeUserTask({ userTaskKey: last.userTaskKey });
const found = await camunda.searchProcessInstances({ filter: { processInstanceKey }, sort: [] });
assert.equal(found.items[0].state, 'COMPLETED');
const kept = await camunda.searchVariables({ filter: { processInstanceKey, name: 'potongan' }, sort: [] });
assert.equal(kept.items[0].value, '10');

const second = await camunda.createProcessInstance({ processDefinitionKey, variables });
await camunda.cancelProcessInstance({ processInstanceKey: second.processInstanceKey });
const gone = await camunda.searchProcessInstances({
  filter: { processInstanceKey: second.processInstanceKey }, sort: [],
});
assert.equal(gone.items[0].state, 'TERMINATED');
assert.equal((await camunda.getTopology()).clusterSize, 1);
