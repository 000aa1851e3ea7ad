// @camunda8/orchestration-cluster-api in every step of a case. It reads its settings from CAMUNDA_*, and holds requests and
// answers to Camunda's own schemas (CAMUNDA_SDK_VALIDATION). The files to deploy are the arguments.
import assert from 'node:assert/strict';
import { createCamundaClient } from '@camunda8/orchestration-cluster-api';

const camunda = createCamundaClient();
const now = { consistency: { waitUpToMs: 0 } };
const soon = { consistency: { waitUpToMs: 60000, pollIntervalMs: 200 } };
const variables = { nomor: `JS-${process.pid}`, jumlah: 120 };

const deployed = await camunda.deployResourcesFromFiles(process.argv.slice(2));
const process_ = deployed.processes[0];
assert.equal(process_.processDefinitionId, 'tagihan');
assert.equal(deployed.decisions[0].decisionDefinitionId, 'potongan');
const { processDefinitionKey } = process_;
assert.match(await camunda.getProcessDefinitionXml({ processDefinitionKey }, now), /tagihan/);

const decided = await camunda.evaluateDecision({ decisionDefinitionId: 'potongan', variables: { jumlah: 5 } });
assert.equal(decided.output, '0');

const { processInstanceKey } = await camunda.createProcessInstance({ processDefinitionId: 'tagihan', variables });
const ofCase = { filter: { processInstanceKey } };
const task = (await camunda.searchUserTasks(ofCase, soon)).items[0];
const { userTaskKey } = task;
assert.equal(task.elementId, 'periksa');
assert.match((await camunda.getUserTaskForm({ userTaskKey }, now)).schema, /catatan/);
const { username } = await camunda.getAuthentication();
await camunda.assignUserTask({ userTaskKey, assignee: username, allowOverride: true });
await camunda.updateUserTask({ userTaskKey, changeset: { priority: 80 } });
assert.deepEqual(
  (({ assignee, priority }) => ({ assignee, priority }))(await camunda.getUserTask({ userTaskKey }, now)),
  { assignee: username, priority: 80 },
);
assert.ok((await camunda.searchUserTaskVariables({ userTaskKey }, now)).items.length >= 3);
await camunda.completeUserTask({ userTaskKey, variables: { catatan: 'cocok' } });

const waiting = (await camunda.searchMessageSubscriptions(ofCase, soon)).items[0];
assert.equal(waiting.correlationKey, variables.nomor);
await camunda.publishMessage({ name: 'bayar', correlationKey: variables.nomor, timeToLive: 1000, variables: {} });
assert.equal((await camunda.searchCorrelatedMessageSubscriptions(ofCase, now)).items[0].messageName, 'bayar');

const incident = (await camunda.searchProcessInstanceIncidents({ processInstanceKey }, soon)).items[0];
await camunda.createElementInstanceVariables({ elementInstanceKey: processInstanceKey, variables: { lunas: true } });
await camunda.resolveIncident({ incidentKey: incident.incidentKey });
const last = (await camunda.searchUserTasks({ filter: { processInstanceKey, elementId: 'arsip' } }, soon)).items[0];
await camunda.completeUserTask({ userTaskKey: last.userTaskKey });

assert.equal((await camunda.getProcessInstance({ processInstanceKey }, now)).state, 'COMPLETED');
const flows = (await camunda.getProcessInstanceSequenceFlows({ processInstanceKey }, now)).items;
assert.ok(flows.some((flow) => flow.elementId === 'putusan_arsip'));
const counts = (await camunda.getProcessInstanceStatistics({ processInstanceKey }, now)).items;
assert.equal(counts.find((each) => each.elementId === 'periksa').completed, 1);
const evaluated = (await camunda.searchDecisionInstances(ofCase, now)).items[0];
const { decisionEvaluationInstanceKey } = evaluated;
assert.equal((await camunda.getDecisionInstance({ decisionEvaluationInstanceKey }, now)).result, '10');

const cancelled = await camunda.createProcessInstance({ processDefinitionKey, variables });
const that = { processInstanceKey: cancelled.processInstanceKey };
await camunda.suspendProcessInstance?.(that);
await camunda.resumeProcessInstance?.(that);
await camunda.cancelProcessInstance(that);
assert.equal((await camunda.getProcessInstance(that, now)).state, 'TERMINATED');

for (const search of [
  'searchElementInstances', 'searchGroups', 'searchIncidents', 'searchJobs', 'searchProcessDefinitions',
  'searchProcessInstances', 'searchRoles', 'searchUsers', 'searchVariables', 'searchDecisionDefinitions',
  'searchDecisionRequirements',
]) {
  const { items, page } = await camunda[search]({}, now);
  assert.equal(items.length, Math.min(page.totalItems, 100), search);
}
assert.equal((await camunda.getTopology()).clusterSize, 1);
await assert.rejects(camunda.getProcessInstance({ processInstanceKey: '1' }, now), { status: 404 });
