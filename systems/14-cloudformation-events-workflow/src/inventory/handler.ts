import {
  ResourceGroupsTaggingAPIClient,
  TagResourcesCommand,
} from '@aws-sdk/client-resource-groups-tagging-api'
import { batchesOf, failureText, itemOf, live, readChange, tagsOf } from './logic.ts'
import { stackResources } from './stack-resources.ts'
import { bucketStore } from './store.ts'

const tagging = new ResourceGroupsTaggingAPIClient()

/**
 * A resource that changed gets its row; a stack that has come to its end gets all rows right and all its resources
 * tagged. What could not be tagged ends in an error, so that Lambda tries again and then keeps the event.
 */
export async function handler(event: unknown): Promise<void> {
  const { INVENTORY_BUCKET = '' } = process.env
  const store = bucketStore(INVENTORY_BUCKET)
  const change = readChange(event)
  const { stackId, logicalId } = change
  const items = live(await stackResources(change)).map((resource) => itemOf(stackId, resource))
  for (const item of items) await store.put(item)
  const kept = new Set(items.map((item) => item.logicalId))
  const listed = logicalId === undefined ? await store.idsOf(stackId) : [logicalId]
  for (const id of listed) if (!kept.has(id)) await store.remove(stackId, id)
  if (logicalId === undefined) await tag(batchesOf(items), tagsOf(stackId))
}

async function tag(batches: readonly string[][], Tags: Record<string, string>): Promise<void> {
  const failed = {}
  for (const ResourceARNList of batches) {
    const { FailedResourcesMap = {} } = await tagging.send(
      new TagResourcesCommand({ ResourceARNList, Tags }),
    )
    Object.assign(failed, FailedResourcesMap)
  }
  const text = failureText(failed)
  if (text !== undefined) throw new Error(text)
}
