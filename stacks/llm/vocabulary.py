"""The words of the answers and the shapes of their sentences.

Every word is ASCII without quotes and backslashes, so a token's bytes may stand in a JSON string as
they are. No shape is longer than 14 tokens: an opening sentence must leave room in the shortest
answer.
"""

WORDS = {
    "D": "the this that each every one another our your any some the the",
    "A": (
        "quiet small early plain careful steady bright useful simple common distant gentle "
        "narrow recent honest solid warm clear patient modest ordinary sudden hidden final "
        "shared open local curious tidy slow quick broad even rare fresh typical sturdy remote"
    ),
    "N": (
        "server record reader answer harbour garden letter question village engine window "
        "morning river teacher market bridge signal machine paper corner journey story kitchen "
        "number season message forest builder library street pattern promise lantern captain "
        "table winter method doctor picture station mountain neighbour budget result reason "
        "measure moment island project traveller recipe melody compass driver painter"
    ),
    "V": (
        "keeps finds shows follows carries explains answers needs reaches holds leaves meets "
        "joins counts opens changes supports repeats crosses watches describes improves brings "
        "covers shapes moves mentions protects remembers suggests replaces returns"
    ),
    "R": (
        "often slowly rarely quickly gladly seldom always quietly usually again today here "
        "carefully together early sometimes twice once soon"
    ),
    "P": "near under behind beside beyond within before after without across above along",
    "C": "and but while so because although until since",
    "I": "however meanwhile therefore indeed instead otherwise perhaps finally",
}

SHAPES = (
    "D A N V D N",
    "D N V D A N",
    "D N V D N P D A N",
    "D N V R , C D N V D N",
    "P D A N , D N V D N",
    "I , D N V D A N R",
    "D A N V D N , C D N V R",
    "D N P D N V D N R",
    "R , D A N V D N P D N",
    "D N V D A N ; D N V D N",
)

ENDINGS = (".",) * 17 + ("!", "?", "?")
PUNCTUATION = frozenset(b"".join((b",", b";", b".", b"!", b"?")))
