import { service } from '../define.ts'
import { resourceAccess } from './access.ts'
import { sweep } from './archived-events.ts'
import {
  createArchive,
  deleteArchive,
  describeArchive,
  listArchives,
  updateArchive,
} from './archives.ts'
import { putPermission, removePermission } from './bus-policies.ts'
import {
  createEventBus,
  deleteEventBus,
  describeEventBus,
  listEventBuses,
  updateEventBus,
} from './buses.ts'
import { archiveType } from './cloudformation/archive.ts'
import { eventBusType } from './cloudformation/event-bus.ts'
import { eventBusPolicyType } from './cloudformation/event-bus-policy.ts'
import { ruleType } from './cloudformation/rule.ts'
import { buryAgain } from './dead-letter.ts'
import { deliver, expire } from './delivery.ts'
import { callRates } from './limits.ts'
import { testEventPattern } from './patterns.ts'
import { putEvents } from './put-events.ts'
import { cancelReplay, describeReplay, listReplays, replayNext, startReplay } from './replays.ts'
import { receive, routeEvent } from './routing.ts'
import {
  deleteRule,
  describeRule,
  disableRule,
  enableRule,
  listRuleNamesByTarget,
  listRules,
  putRule,
} from './rules.ts'
import { tick } from './schedules.ts'
import {
  archivedEvents,
  archives,
  eventBuses,
  forwards,
  replays,
  rules,
  targets as targetTable,
} from './state.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'
import { listTargetsByRule, putTargets, removeTargets } from './targets.ts'

/** Amazon EventBridge: buses, rules with patterns or schedules, targets, archives and replays. */
export const events = service('events', {
  operations: [
    createEventBus,
    updateEventBus,
    deleteEventBus,
    describeEventBus,
    listEventBuses,
    putPermission,
    removePermission,
    putRule,
    deleteRule,
    describeRule,
    listRules,
    listRuleNamesByTarget,
    enableRule,
    disableRule,
    putTargets,
    removeTargets,
    listTargetsByRule,
    putEvents,
    testEventPattern,
    tagResource,
    untagResource,
    listTagsForResource,
    createArchive,
    updateArchive,
    deleteArchive,
    describeArchive,
    listArchives,
    startReplay,
    cancelReplay,
    describeReplay,
    listReplays,
  ],
  tasks: [receive, routeEvent, deliver, buryAgain, expire, tick, sweep, replayNext],
  resources: [ruleType, eventBusType, eventBusPolicyType, archiveType],
  tables: [eventBuses, rules, targetTable, archives, archivedEvents, replays, forwards],
  resourceAccess,
  *taggedResources(ctx) {
    yield* eventBuses.scan(ctx)
    yield* rules.scan(ctx)
  },
  rateLimits: callRates,
})
