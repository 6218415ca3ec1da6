"""Ruin and recreate: the search that makes routes.

What it does
------------
A *move* takes some strings of neighbouring stops out of their routes and puts each stop back where it costs least,
now and then overlooking a place by chance. A move is kept when it makes routes cheaper, or dearer by no more than the
temperature allows; otherwise it is undone exactly. Nothing else is tried: no exchange operators, no tabu lists, no
crossover. The move is that of Christiaens and Vanden Berghe, *Slack induction by string removals for vehicle routing
problems*, Transportation Science 54 (2020). What makes it fast enough for thousands of stops is how it is written
down, and that is what the rest of this page explains.

Where things are
----------------
============== ====================================================================================
``problem``    what is searched: :class:`PlainProblem` (one hub, one class, one capacity)
               or :class:`RichProblem`
``routes``     routes as arrays: what goes between parts, kernels and snapshots
``layout``     columns of the kernels' tables
``plain``      kernel for plain problems
``rich``       kernel for everything else: ``links``, ``times``, ``classes``, ``places``, ``tails`` and
               the moves themselves, ``search``
``kernels``    fills the tables, calls a kernel in slices, reads routes back
``neighbours`` who is near whom: k-d tree or matrix; Hilbert order
``savings``    first routes of plain problems; ``start``: of rich ones
``squeeze``    gets rid of routes where windows make that hard
``pool``       routes that the search has seen, each once
``recombine``  chooses the best set of them (set partitioning)
``parts``      cuts a problem into parts that are problems themselves, and joins them
``wide``       rich problems too large for a matrix: parts make theirs when they are searched
``anneal``     the loop: parts, temperature, the best kept, when it ends
``stream``     random numbers inside compiled code
============== ====================================================================================

Data layout
-----------
Stops are ``0 … n-1`` in the order of a Hilbert curve, so that neighbours share cache lines. A route is a ring of
links through its *sentinel*, node ``n + r``: no end is a special case. All that a check reads of a node lies in one
row of one int32 table, a cache line wide. Tables are few, since every array handed to a compiled function costs time
per call. Distances of plain problems come from coordinates, which are as fast as a matrix and need no memory; rich
problems have matrices per *profile* (classes with the same speed and prices share one), cut to the part at hand, so
none grows beyond a part.

A move
------
1. *Ruin.* A seed stop by chance; routes of the stops near it, in order of distance, lose a string that holds that
   stop: at most 10 stops long, 10 stops per move on average; half of the strings keep a few stops in their middle.
2. *Order.* Removed stops are sorted by chance, load, far, near (weights 4, 4, 2, 1), with windows also by narrow,
   early and late ones (2 each).
3. *Recreate.* Each stop in turn goes beside one of its neighbours (100; 70 where there are windows, whose order then
   tells more), or on a new route. Four things save most of the work. With ``b`` the best so far and ``d`` the
   distance to neighbour ``v``, an arc of length ``a`` at ``v`` cannot give less than ``2 d - a`` when its other end is
   farther away than ``v``, and if that is nearer the arc is met there: so it is looked at only when ``a > 2 d - b``.
   Once there is a place, neighbours farther away than it costs are left out; what is lost by that are mostly places
   beside hubs, for stops on the way, so those of the ruined routes are looked at apart (measured, 15 s on one core:
   X-n1001-k43 1.29 % with all neighbours, 1.41 % without the far ones, 1.05 % with the hubs), in plain problems also
   those of four routes by chance: only so does room travel from a town to one far away, on the way of its vehicles
   (Valle-D-Aosta, 40 million moves: 810 routes and 22.01 million without, 800 and 21.75 million with; in rich
   problems it gained nothing: three instances, 40 s, one seed). All roads of a stop are read from one row, of the
   matrix or of its transpose. And since putting in never makes routes cheaper, a move is given up as soon as it is
   dearer than it may be.
4. *Accept* when the change is below ``-T ln u``; ``u`` is drawn before step 3 for that reason. Otherwise *undo*:
   stops are unlinked last in first out and linked again behind the node they had before them; no route is copied.

Feasibility in constant time
----------------------------
Loads are sums per route. With windows alone a node knows the earliest start of its service, and the latest that keeps
all behind it in time; both are refreshed from the change outwards, as far as they move. Where durations matter too
(longest trip, paid waiting, loading per basket) it knows the segments up to it and from it, as duration, earliest and
latest start, which are concatenated (Vidal, Crainic, Gendreau, Prins, *A unified solution framework for multi-
attribute vehicle routing problems*, EJOR 234, 2014). Without windows durations simply add up. ``RichProblem.clock``
finds out which of these a problem needs. Of several windows of a stop one is chosen when it is put in. A stop that
finds no place is *absent* and pays its prize; up to four absent stops are taken up by every move, so none stays out
that fits.

Classes
-------
Every route has a class, from the first stop on it: the one that is cheapest for it alone. A stop that does not fit
may make its route change to a larger class; and after every move each route that was touched changes to the class
that makes it cheapest, hubs being part of the class. Limits are numbers of routes per class and hours of work per
class.

Parts, threads, chance
----------------------
A part is a set of routes with their stops, cut out as a problem of its own with streams of its own: threads share
nothing, so the number of threads cannot change the result. Routes are cut anew every epoch, along a line or by angle,
so that every two neighbours are together soon; each part gets a share of the vehicles not in use. The number of parts
depends on the number of stops alone; above 8,000 it is a multiple of four, so that cores end together (Valle-D-Aosta,
20,000 stops, 8 million moves: 16 parts instead of 5 take 12.2 s of CPU instead of 14.4). With a budget of moves the
whole search is a function of problem, seed and budget; a budget of seconds (benchmarks) or a stop ends it earlier, and
never returns less than the best routes of an epoch.

Temperature
-----------
From two average arcs between stops of the first routes, with all rules from one (roads to hubs do not count: on a far
hub's account they are long, and say nothing of how stops lie; fixed costs count by stop), down to a tenth of the road
alone, falling by the same factor per move. With fewer than 10,000 moves per stop it begins cooler, as their root, and
ends cooler, as their fifth root; where seconds are given, they are counted as they come. Nothing else is set: string
lengths follow from the routes, and classes and times from the problem. Where windows are there and loads fill the first
routes to seven tenths, too many routes are likely and the search cannot empty them by itself (each move takes out a
part of one): then ``squeeze`` does that first, and short searches from many routes, from few, and from half-way between
them decide which to go on with (C1_10_2, 60 s: 2.04 % without, 0.25 % with).

Up to 400 stops the temperature falls three times, the later ones from half of the first, and after each the best set of
all routes seen is chosen by set partitioning and the next fall begins from it; with more stops, up to 4,000, that is
done after four fifths of the one fall and at its end (Leuven1, 60 s, two threads, seeds 0, 1, 2: 0.36, 0.26, 0.35 %
with, 0.49, 0.43, 0.37 % without; X-n1001-k43: 0.32, 0.45, 0.46 % with prices in time, 0.52, 0.53, 0.64 % without). It
does what a colder end did not: PR11A, 60 s, two threads, seeds 0, 1, 2: 0.31, 0.23, 0.56 % where the end at a twentieth
without choosing among few routes gave 1.09 and 0.85 for seeds 0 and 1. One fall there gives 1.0 and 1.4, two 0.38 and
0.47, six 0.87 and 0.65. Colder than a tenth nothing moves any more on PR11A (two new routes in the last third of a
fall); hotter is too hot for others (RC2_10_1: 0.6 at 0.1, 1.1 at 0.15, 1.8 at 0.25). With 10,000 moves per stop and
more, two searches of the whole run side by side instead of one in two parts, and choose among the routes of both. Where
few routes serve so few stops in vehicles that differ, which of them go is settled only by emptying whole routes:
strings are up to 20 stops long there, 15 stops out at a time (X204-FSMD, one search of 2 to 2.5 million moves, seeds by
turn: 0.65, 0.67, 0.61, 0.64 %; with 10 and 10: 0.68, 1.60, 0.65 %; on parts of 200 stops of X502-FSMFD and X701-HVRP
neither gain nor loss). More stops gain by one long fall (X-n1001-k43, 60 s: 0.68 % with three, 0.30 % with one). Routes
are cut into parts anew up to 1,500 times: on R1_10_1 2.9 % with 200 cuts, 1.8 % with 1,500.

Tried and left
--------------
On RC2_10_1, whose routes have 35 stops (60 s, one thread, medians of four to six seeds, which lie 0.5 apart; 0.61 % as
it is): strings of at most 5 stops 0.72 %, of 20 1.14 %; 6 stops out per move 0.86 %, 15 0.72 %, 15 in strings of 7
0.67 %; an end at a twentieth of the road 0.87 %; routes cut in two by a tenth or four tenths of the exchanges of tails
0.58 and 0.62 %. Roads that windows rule out, told apart from others in the lists of neighbours: 4 to 10 % less time a
move there and on R1_10_1, as much more on X701-HVRP, which has none; the figures before are with it.

To change it
------------
Measure with ``basketplan bench routing`` and ``tests/benchmarks``, medians of several seeds: one run says little (0.1
to 0.2 % on 1,000 stops). ``tests/solve/routing`` has twins of the kernels' checks in plain Python, random rich
instances and all solutions of tiny ones, and run the kernels line by line without the compiler; a kernel that forgets
to undo shows there at once, since costs are recounted from the links. What is compiled is kept in ``__pycache__`` by
file: after a change in one file delete ``*.nbi`` there, or functions of other files that call it stay as they were.
"""

from basketplan.solve.routing.ruin.anneal import Budget, Found, anneal
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.routes import Routes

__all__ = ["Budget", "Found", "PlainProblem", "RichProblem", "Routes", "anneal"]
