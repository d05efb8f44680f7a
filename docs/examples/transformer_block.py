from rnnref import attention, example_models, transformer

x, p = example_models.words(), example_models.encoder_layer()

look = attention.multihead(x, x, x, p.attention, heads=2).y
z = transformer.layer_norm(x + look, p.norm_1).y
think = transformer.feed_forward(z, p.feed_forward).y
y = transformer.layer_norm(z + think, p.norm_2).y

for name, array in [("x", x), ("look", look), ("z", z), ("think", think), ("y", y)]:
    print(f"{name:6}", *(f"{number:+.4f}" for number in array[0, 0]))
