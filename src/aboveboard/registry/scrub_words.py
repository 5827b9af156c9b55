"""Enters: nothing. Leaves: the words that may stand in a scrubbed message, and no others.

They are the words in which programs and libraries commonly say what went wrong: no names of people,
places or products. The list belongs to version 1 of the native wire; both ends know the same one.
"""

from __future__ import annotations

WORDS = frozenset(
    """
    a abort absolute abstract accept access accessing action active actual add added
    additional address advertise after alias all allocate allow allowed already also an and
    another any api append applied archive are aren't arg args argument arguments array as
    ascii assert assertion assign assignment async asynchronous at attached attempt attempted
    attempting attempts attr attribute audio authentication available axis backend backoff bad
    badly base based be because been before being between binary block blocking body bool
    boolean both bound bounds broadcast broken buffer build built builtin busy but button by
    byte bytes cache call callable callback called calling calls can can't cancelled cannot
    category caused certificate change changed channel char character characters check
    checksum child choice choices choose chunk class classes cleaning client close closed
    closing code codec column combine command comment commit communication compare comparison
    compile compiled compiler completed component components compressed compression
    concatenate config configuration conflicting connect connected connection constant
    constraint construct constructor contain contains content context convert copy coroutine
    corrupt corrupted could couldn't count cpu create created cross csv cuda current currently
    cursor custom data database date datetime deadlock decimal declaration declare declared
    decode decorator decrypt default define defined defines definition delete delimiter denied
    depth derived descriptor desired destination determine device dialog dict dictionary did
    didn't died different digest digit dimension dimensions dir directive directly directories
    directory disabled disallowed disk division do document does doesn't domain don't done
    dotted down draw driver dropped dtype due duplicate during each either element elements
    empty enable enabled encoded encoding encountered encrypt encrypted end ended endpoint
    ends enough enter entries enum environment eof equal equals errno error errors escape
    escaped established event exactly example exceeded exceeds exception exceptions exchange
    exclusive exec executable exhausted exist existing exists exit expected expecting expects
    expired explicit explicitly expression ext extension extensions extra factory failed
    fallback false feature field fields file filename files filter find finished first fix
    fixture flag float flush followed following font for forbidden foreign form format found
    frame from frozen full function functions future generate generator generic get give given
    global got gpu greater group handle handled handling handshake happen hardware has hash
    hasn't have haven't header headers help here hex host how html http https id identifier if
    illegal image immutable implement implementation implemented import imported in
    inappropriate include incompatible incomplete inconsistent indentation index indices inf
    infinity info information inherit init initial initialization inline input inside install
    installed instance instances instantiate instantiated instead int integer integers
    internal interpreter interrupted into invalid invoke is isn't issue it it's item items
    iterable iteration iterator its job json key keys keyword keywords kill kind known label
    large larger last layout leak least left legacy len length less level levels libraries
    library limit limits line link links list literal load local locale location lock locked
    locks log long longer look loop main make malformed manager many map mapping marker match
    matching matrix maximum maybe mean member memory menu message metadata method methods min
    mismatch missing mixed mode module modules more most mount much multipart multiple must
    mutually name named names namespace nan need needed needs negative neither nested network
    never new newline next no node nodes non none nonlocal nor normalized not nothing now null
    number numbers numeric numerical object objects of offset on once one only open opened
    opening operand operands operation operator option optional options or order ordinal os
    other out output outside over overflow override overwrite owner package packages page
    parameter parameters params parent parse parser parsing part partial partition pass passed
    passing path paths pattern patterns peer pending per permission permitted picture pipe
    platform please plugin point pointer pool pop port position positional positive possible
    prefix present print printer process processes progress project property protocol
    protocols provide provided py python query queue quote quoted raise raised range rate
    reached read reading receive received recognized recursion recursive refer reference
    referenced references refused regex register registered rejected relative remote remove
    removed render replace request requested require required requires reserved reset resolve
    resource resources response restarted result retries retry return returned returns right
    rollback root route row rows rule run running runtime safe same save scalar schema scheme
    scope screen second section sector see seek self semaphore send sending separator sequence
    serialize server service session set sets shape shared short should shouldn't shutdown
    side signal signature single singular size skip slice slices small so socket sockets
    software some sorted source space special specific specification specified specifier
    specify ssl stack start started starting state statement status stdin step stop stopped
    str stream streams string strings structure subclass subclasses subprocess subscriptable
    such suffix supplied supply support supported supports surrogate switch symbolic
    synchronized syntax sys system table tables tag take takes target targets task temporarily
    text than that the them theme there there's this thread throttled time timed timeout timer
    times to together token too tool top total traceback transaction transport tried true
    truncated try trying tuple tuples twice two type types unable unauthorized unavailable
    unbound undefined under underflow underlying unexpected unexpectedly unhandled unhashable
    unicode uninitialized union unique unknown unpack unprocessable unreachable unrecognized
    unsupported unterminated up update uri url use used user users using valid value values
    variable verification verify version via video volume was wasn't were what when where
    which while widget window with without won't worker would writable write writing wrong xml
    yet you your zero zip
    """.split()  # noqa: SIM905 a list of nine hundred quoted words would be no easier to read
)
