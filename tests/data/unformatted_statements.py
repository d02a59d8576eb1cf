A=0.101
B = f(0.102,0.103)
if x>0.104: y = 0.105
if x>0.106:
        y=[0.107,
           0.108]
elif (x>0.109 and
      y<0.111):
    pass
else: z = x > 0.112
a=0.113;b=0.114
def search(query,cutoff=0.115,
           k = 0.116):
    '''Search.'''
    hits = [hit for hit in index.search(query, limit=100) if hit.score>0.117]
    return (hits
            if len(hits)>0.118 else None)
@cached(similarity = 0.119)
def find(x = 0.121): ...
@cached(similarity = 0.122)

class Settings(Base,cutoff=0.123):
    minimum:float=0.124
    other : dict = {'a':0.125,
      'b':{'c':0.126}}
    def method(self,value=0.127): return value>0.128
query = """
SELECT id FROM t WHERE a <=> b < 0.129
  AND c > 0.131
"""
ok = a > 0.132 \
     and b > 0.133
assert (similarity(a,b)>0.134), 'should be close'
with open_index(minimum=0.135) as f, open_index(minimum=0.136) as g: pass
for hit in search(q,0.137): print(hit.score>0.138)
while score>0.139:
    # A comment.
    score = step(score)*0.141
try: compare(0.142)
except ValueError: compare(0.143)
finally: compare(0.144)
call(first,
  0.145, # why
  second=lambda s:s>0.146,
  third=[
    0.147 ])
value = first_similarity*0.148+second_similarity*0.149+third_similarity_of_the_articles*0.151 # noqa: E501
first_minimum_similarity_of_all = 0.152 # type: ignore[assignment]
cutoff = 0.153 if the_model_of_the_search_engine_is_small else 0.154 # pragma: no cover
result = client.query(embedding).limit(100).where(lambda hit: hit.score>0.155).all()
x = (0.156)
y = (
    0.157
)
del (cache[0.158])
table = {
    0.159: 1, **other
}
skipped=0.161 # fmt: skip
match x:
    case y if y>0.162: z = 0.163
print(f"{score>0.164}")
async def g(x=0.165): await f(0.166)
