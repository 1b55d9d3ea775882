/**
 * Engine error numbers after which the same call may succeed later (ClickHouse `src/Common/ErrorCodes.cpp`). Everything
 * else is a mistake in the call: repeating it would repeat the error.
 */
const RETRIABLE_CODES: ReadonlySet<number> = new Set([
  3, // UNEXPECTED_END_OF_FILE: the connection broke while the body was read
  74, // CANNOT_READ_FROM_FILE_DESCRIPTOR
  75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR: also a full disk
  76, // CANNOT_OPEN_FILE: also no free file handle
  159, // TIMEOUT_EXCEEDED
  160, // TOO_SLOW
  173, // CANNOT_ALLOCATE_MEMORY
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  204, // CANNOT_FSYNC
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  236, // ABORTED: the server is stopping
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY: the replica has lost its keeper
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS: merges are behind
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  319, // UNKNOWN_STATUS_OF_INSERT
  394, // QUERY_WAS_CANCELLED: by an operator or a stop; a caller's own abort is told apart before
  425, // SYSTEM_ERROR
  439, // CANNOT_SCHEDULE_TASK: no free thread
  473, // DEADLOCK_AVOIDED
  999, // KEEPER_EXCEPTION
  1000, // POCO_EXCEPTION: of a library's files and sockets
  1001, // STD_EXCEPTION: file system errors come as this, a full disk among them
  1002, // UNKNOWN_EXCEPTION
]);

export function isRetriable(code: number): boolean {
  return RETRIABLE_CODES.has(code);
}
