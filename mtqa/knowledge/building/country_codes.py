"""From the codes of the World Factbook (GEC, formerly FIPS 10-4) to ISO 3166-1 alpha-2.

Source: the two public code lists; the pairs are facts. Uninhabited places have no offices and no code here.
"""

from __future__ import annotations

_PAIRS = """
aa aw|ac ag|ae ae|af af|ag dz|aj az|al al|am am|an ad|ao ao|aq as|ar ar|as au|au at|av ai|ba bh|bb bb|bc bw|bd bm
be be|bf bs|bg bd|bh bz|bk ba|bl bo|bm mm|bn bj|bo by|bp sb|br br|bt bt|bu bg|bx bn|by bi|ca ca|cb kh|cc cw|uc cw
cd td|ce lk|cf cg|cg cd|ch cn|ci cl|cj ky|ck cc|cm cm|cn km|co co|cq mp|cs cr|ct cf|cu cu|cv cv|cw ck|cy cy|da dk
dj dj|do dm|dr do|ec ec|eg eg|ei ie|ek gq|en ee|er er|es sv|et et|ez cz|fi fi|fj fj|fk fk|fm fm|fo fo|fp pf|fr fr
ga gm|gb ga|gg ge|gh gh|gi gi|gj gd|gk gg|gl gl|gm de|gq gu|gr gr|gt gt|gv gn|gy gy|ha ht|hk hk|ho hn|hr hr|hu hu
ic is|id id|im im|in in|ir ir|is il|it it|iv ci|iz iq|ja jp|je je|jm jm|jo jo|ke ke|kg kg|kn kp|kr ki|ks kr|kt cx
ku kw|kv xk|kz kz|la la|le lb|lg lv|lh lt|li lr|lo sk|ls li|lt ls|lu lu|ly ly|ma mg|mc mo|md md|mg mn|mh ms|mi mw
mj me|mk mk|ml ml|mn mc|mo ma|mp mu|mr mr|mt mt|mu om|mv mv|mx mx|my my|mz mz|nc nc|ne nu|nf nf|ng ne|nh vu|ni ng
nl nl|nn sx|no no|np np|nr nr|ns sr|nu ni|nz nz|od ss|pa py|pc pn|pe pe|pk pk|pl pl|pm pa|po pt|pp pg|ps pw|pu gw
qa qa|ri rs|rm mh|rn mf|ro ro|rp ph|rq pr|rs ru|rw rw|sa sa|sb pm|sc kn|se sc|sf za|sg sn|sh sh|si si|sk sx|sl sl
sm sm|sn sg|so so|sp es|st lc|su sd|sv sj|sw se|sy sy|sz ch|tb bl|td tt|th th|ti tj|tk tc|tl tk|tn to|to tg|tp st
ts tn|tt tl|tu tr|tv tv|tw tw|tx tm|tz tz|uc cw|ug ug|uk gb|up ua|us us|uv bf|uy uy|uz uz|vc vc|ve ve|vi vg|vm vn
vq vi|vt va|wa na|we ps|wf wf|ws ws|wz sz|ym ye|za zm|zi zw|wi eh
"""

ISO_OF_GEC: dict[str, str] = {
    pair.split()[0]: pair.split()[1] for line in _PAIRS.strip().splitlines() for pair in line.split("|")
}
