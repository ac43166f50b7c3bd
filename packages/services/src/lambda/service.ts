import { service } from '../define.ts'
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from './aliases.ts'
import { runAgain, runEvent } from './async/queue.ts'
import { asyncEvents } from './async/state.ts'
import { eventInvokeConfigType, eventSourceMappingType } from './cloudformation/event-sources.ts'
import { functionType } from './cloudformation/function.ts'
import { layerVersionPermissionType, layerVersionType } from './cloudformation/layers.ts'
import { permissionType } from './cloudformation/permission.ts'
import { urlType } from './cloudformation/url.ts'
import { aliasType, versionType } from './cloudformation/versions.ts'
import {
  deleteFunctionConcurrency,
  getAccountSettings,
  getFunctionConcurrency,
  putFunctionConcurrency,
} from './concurrency.ts'
import { accessDenied } from './errors.ts'
import {
  deleteFunctionEventInvokeConfig,
  getFunctionEventInvokeConfig,
  listFunctionEventInvokeConfigs,
  putFunctionEventInvokeConfig,
  updateFunctionEventInvokeConfig,
} from './event-invoke-config.ts'
import {
  getFunctionCodeSigningConfig,
  getFunctionRecursionConfig,
  getRuntimeManagementConfig,
  putFunctionRecursionConfig,
  putRuntimeManagementConfig,
} from './function-settings.ts'
import { createFunction } from './functions/create-function.ts'
import { deleteFunction } from './functions/delete-function.ts'
import { finishChange } from './functions/lifecycle.ts'
import { getFunction, getFunctionConfiguration, listFunctions } from './functions/read-functions.ts'
import { updateFunctionCode, updateFunctionConfiguration } from './functions/update-function.ts'
import { invalidInput } from './invalid-input.ts'
import { expireEnvironment, giveUpRun } from './invoke/environments.ts'
import { invoke } from './invoke/invoke.ts'
import { invokeWithResponseStream } from './invoke/invoke-stream.ts'
import {
  deleteLayerVersion,
  getLayerVersion,
  getLayerVersionByArn,
  listLayers,
  listLayerVersions,
  publishLayerVersion,
} from './layers/layers.ts'
import {
  addLayerVersionPermission,
  getLayerVersionPolicy,
  removeLayerVersionPermission,
} from './layers/permissions.ts'
import {
  createEventSourceMapping,
  deleteEventSourceMapping,
  getEventSourceMapping,
  listEventSourceMappings,
  settleMapping,
  updateEventSourceMapping,
} from './mappings/mappings.ts'
import { poll, pollQueue } from './mappings/poll.ts'
import {
  gathered,
  gatheredMessages,
  mappings,
  pollerSessions,
  pollers,
  pollRetries,
} from './mappings/state.ts'
import { discoverShards } from './mappings/streams/discovery.ts'
import { readShard, readStream } from './mappings/streams/reading.ts'
import { readers } from './mappings/streams/state.ts'
import { addPermission, getPolicy, removePermission, resourceAccess } from './permissions.ts'
import {
  deleteProvisionedConcurrencyConfig,
  getProvisionedConcurrencyConfig,
  listProvisionedConcurrencyConfigs,
  provision,
  putProvisionedConcurrencyConfig,
} from './provisioned.ts'
import {
  aliases,
  environments,
  eventInvokeConfigs,
  functions,
  layers,
  layerVersions,
  policies,
  provisioned,
  versions,
} from './state.ts'
import { usage } from './storage.ts'
import { listTags, tagResource, untagResource } from './tags.ts'
import { functionUrls, urlHosts } from './urls/state.ts'
import {
  createFunctionUrlConfig,
  deleteFunctionUrlConfig,
  getFunctionUrlConfig,
  listFunctionUrlConfigs,
  updateFunctionUrlConfig,
} from './urls/url-configs.ts'
import { urlRequest } from './urls/url-request.ts'
import { listVersionsByFunction, publishVersion } from './versions.ts'

/** Lambda: functions that run the user's code. */
export const lambda = service('lambda', {
  operations: [
    addLayerVersionPermission,
    addPermission,
    createAlias,
    createEventSourceMapping,
    createFunction,
    createFunctionUrlConfig,
    deleteAlias,
    deleteEventSourceMapping,
    deleteFunction,
    deleteFunctionConcurrency,
    deleteFunctionEventInvokeConfig,
    deleteFunctionUrlConfig,
    deleteLayerVersion,
    deleteProvisionedConcurrencyConfig,
    getAccountSettings,
    getAlias,
    getEventSourceMapping,
    getFunction,
    getFunctionCodeSigningConfig,
    getFunctionConcurrency,
    getFunctionConfiguration,
    getFunctionEventInvokeConfig,
    getFunctionRecursionConfig,
    getFunctionUrlConfig,
    getLayerVersion,
    getLayerVersionByArn,
    getLayerVersionPolicy,
    getPolicy,
    getProvisionedConcurrencyConfig,
    getRuntimeManagementConfig,
    invoke,
    invokeWithResponseStream,
    listAliases,
    listEventSourceMappings,
    listFunctionEventInvokeConfigs,
    listFunctions,
    listFunctionUrlConfigs,
    listLayers,
    listLayerVersions,
    listProvisionedConcurrencyConfigs,
    listTags,
    listVersionsByFunction,
    publishLayerVersion,
    publishVersion,
    putFunctionConcurrency,
    putFunctionEventInvokeConfig,
    putFunctionRecursionConfig,
    putProvisionedConcurrencyConfig,
    putRuntimeManagementConfig,
    removeLayerVersionPermission,
    removePermission,
    tagResource,
    untagResource,
    updateAlias,
    updateEventSourceMapping,
    updateFunctionCode,
    updateFunctionConfiguration,
    updateFunctionEventInvokeConfig,
    updateFunctionUrlConfig,
    urlRequest,
  ],
  tasks: [
    discoverShards,
    expireEnvironment,
    finishChange,
    giveUpRun,
    poll,
    pollQueue,
    provision,
    readShard,
    readStream,
    runAgain,
    runEvent,
    settleMapping,
  ],
  resources: [
    aliasType,
    eventInvokeConfigType,
    eventSourceMappingType,
    functionType,
    layerVersionPermissionType,
    layerVersionType,
    permissionType,
    urlType,
    versionType,
  ],
  tables: [
    aliases,
    asyncEvents,
    environments,
    eventInvokeConfigs,
    functions,
    functionUrls,
    layers,
    layerVersions,
    gathered,
    gatheredMessages,
    mappings,
    policies,
    pollers,
    pollerSessions,
    pollRetries,
    provisioned,
    readers,
    urlHosts,
    usage,
    versions,
  ],
  resourceAccess,
  *taggedResources(ctx) {
    yield* functions.scan(ctx)
    yield* mappings.scan(ctx)
  },
  errors: { accessDenied, invalidInput },
  // The operation is Invoke, the permission InvokeFunction.
})
